namespace SimClr.Features;

/// <summary>Pictures cannot be embedded or searched as asked; the message says why and what to do, in one line.</summary>
public sealed class EmbeddingException : Exception
{
    /// <summary>An exception with a message for people.</summary>
    public EmbeddingException(string message) : base(message) { }

    /// <summary>An exception with a message for people and its cause.</summary>
    public EmbeddingException(string message, Exception inner) : base(message, inner) { }
}
