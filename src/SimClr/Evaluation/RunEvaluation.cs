namespace SimClr.Evaluation;

/// <summary>Evaluates a run.</summary>
public static class RunEvaluation
{
    /// <summary>Judges the encoder of a run.</summary>
    public static EvaluationResult Evaluate(
        EvaluationRequest request, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("Evaluation is not built in.");
}
