namespace SimClr.Server;

/// <summary>The server cannot start as asked; the message says why and what to do, in one line.</summary>
public sealed class ServerException : Exception
{
    /// <summary>An exception with a message for people.</summary>
    public ServerException(string message) : base(message) { }

    /// <summary>An exception with a message for people and its cause.</summary>
    public ServerException(string message, Exception inner) : base(message, inner) { }
}
