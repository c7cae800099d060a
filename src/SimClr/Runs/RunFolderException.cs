namespace SimClr.Runs;

/// <summary>A run folder cannot be made, opened or continued; the message says why and what to do, in one line.</summary>
public sealed class RunFolderException : Exception
{
    /// <inheritdoc/>
    public RunFolderException() { }

    /// <inheritdoc/>
    public RunFolderException(string message) : base(message) { }

    /// <inheritdoc/>
    public RunFolderException(string message, Exception innerException) : base(message, innerException) { }
}
