namespace SimClr.Data;

/// <summary>A dataset or an image cannot be used; the message says which, why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class DataException(string message, Exception? inner = null) : SimClrException(message, inner);
