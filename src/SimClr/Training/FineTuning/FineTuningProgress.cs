namespace SimClr.Training;

/// <summary>Where the training of a classifier stands, in plain values; reported after every epoch.</summary>
/// <param name="Stage">The current stage, in a few words.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Loss">Mean cross-entropy of the epoch, nats.</param>
/// <param name="Top1">Share of the epoch's augmented images that were classified right before their step, 0..1.</param>
/// <param name="Remaining">Estimated time left of this stage.</param>
public sealed record FineTuningProgress(
    string Stage, int Epoch, int Epochs, double Loss, double Top1, TimeSpan Remaining);
