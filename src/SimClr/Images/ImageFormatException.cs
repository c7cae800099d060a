namespace SimClr.Images;

/// <summary>Bytes are not a picture that can be decoded; the message says why in one line.</summary>
public sealed class ImageFormatException : Exception
{
    /// <inheritdoc/>
    public ImageFormatException() { }

    /// <inheritdoc/>
    public ImageFormatException(string message) : base(message) { }

    /// <inheritdoc/>
    public ImageFormatException(string message, Exception innerException) : base(message, innerException) { }
}
