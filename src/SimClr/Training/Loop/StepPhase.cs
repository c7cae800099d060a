namespace SimClr.Training;

/// <summary>The parts of a training step, in their order.</summary>
public enum StepPhase
{
    /// <summary>Bringing the views to the device.</summary>
    Data,

    /// <summary>Encoder and head.</summary>
    Forward,

    /// <summary>The objective.</summary>
    Loss,

    /// <summary>Gradients of everything.</summary>
    Backward,

    /// <summary>Changing the weights.</summary>
    Optimizer,
}
