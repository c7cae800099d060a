namespace SimClr.Classification;

/// <summary>A classifier cannot be read, written or used as asked; the message says why and what to do, in one line.</summary>
public sealed class PictureClassifierException : Exception
{
    /// <summary>An exception with a message for people.</summary>
    public PictureClassifierException(string message) : base(message) { }

    /// <summary>An exception with a message for people and its cause.</summary>
    public PictureClassifierException(string message, Exception inner) : base(message, inner) { }
}
