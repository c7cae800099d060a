namespace SimClr.Training;

/// <summary>A run cannot be continued from its checkpoints; the message says why and what to do, in one line.</summary>
public sealed class CheckpointException : Exception
{
    /// <inheritdoc/>
    public CheckpointException() { }

    /// <inheritdoc/>
    public CheckpointException(string message) : base(message) { }

    /// <inheritdoc/>
    public CheckpointException(string message, Exception innerException) : base(message, innerException) { }
}
