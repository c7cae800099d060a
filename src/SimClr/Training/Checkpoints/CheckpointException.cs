namespace SimClr.Training;

/// <summary>A run cannot be continued from its checkpoints; the message says why and what to do, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class CheckpointException(string message, Exception? inner = null) : SimClrException(message, inner);
