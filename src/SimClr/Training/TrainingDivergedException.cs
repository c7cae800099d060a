namespace SimClr.Training;

/// <summary>The loss is no longer a number; the message names the step and what to try.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class TrainingDivergedException(string message, Exception? inner = null) : SimClrException(message, inner);
