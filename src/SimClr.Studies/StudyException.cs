namespace SimClr.Studies;

/// <summary>A study's folder cannot be used; the message says why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class StudyException(string message, Exception? inner = null) : Exception(message, inner);
