namespace SimClr.Pretrained;

/// <summary>A pretrained encoder cannot be had; the message says why, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class PretrainedException(string message, Exception? inner = null) : SimClrException(message, inner);
