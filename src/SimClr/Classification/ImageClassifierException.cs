namespace SimClr.Classification;

/// <summary>A classifier cannot be read, written or used as asked; the message says why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class ImageClassifierException(string message, Exception? inner = null) : SimClrException(message, inner);
