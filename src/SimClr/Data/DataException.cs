namespace SimClr.Data;

/// <summary>A dataset or a picture cannot be used; the message says which, why and what to do, in one line.</summary>
public sealed class DataException : Exception
{
    /// <inheritdoc/>
    public DataException() { }

    /// <inheritdoc/>
    public DataException(string message) : base(message) { }

    /// <inheritdoc/>
    public DataException(string message, Exception innerException) : base(message, innerException) { }
}
