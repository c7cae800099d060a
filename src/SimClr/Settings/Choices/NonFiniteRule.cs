namespace SimClr.Settings;

/// <summary>The rules for a step whose loss or gradient is not a number.</summary>
public enum NonFiniteRule
{
    /// <summary>The run ends.</summary>
    Stop,

    /// <summary>The step is left out (on a GPU, every step is then waited for); more than ten in a row end the run.</summary>
    Skip,
}
