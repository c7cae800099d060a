namespace SimClr.Runs;

/// <summary>A sign that a run does not learn, given once for each kind.</summary>
/// <param name="Kind"><c>collapse</c>, <c>dimensional_collapse</c> or <c>not_learning</c>.</param>
/// <param name="Step">The logged step at which it was certain enough to say.</param>
/// <param name="Message">In one line: what is seen, what it means, and what to try.</param>
public sealed record TrainingWarning(string Kind, long Step, string Message);
