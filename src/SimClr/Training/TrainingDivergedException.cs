namespace SimClr.Training;

/// <summary>The loss is no longer a number; the message names the step and what to try.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <inheritdoc/>
    public TrainingDivergedException() { }

    /// <inheritdoc/>
    public TrainingDivergedException(string message) : base(message) { }

    /// <inheritdoc/>
    public TrainingDivergedException(string message, Exception innerException) : base(message, innerException) { }
}
