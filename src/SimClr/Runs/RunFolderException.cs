namespace SimClr.Runs;

/// <summary>A run folder cannot be made, opened or continued; the message says why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class RunFolderException(string message, Exception? inner = null) : SimClrException(message, inner);
