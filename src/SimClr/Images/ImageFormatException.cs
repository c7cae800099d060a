namespace SimClr.Images;

/// <summary>Bytes are not an image that can be decoded; the message says why in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class ImageFormatException(string message, Exception? inner = null) : SimClrException(message, inner);
