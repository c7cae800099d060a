using SimClr.Evaluation;
using SimClr.Pretraining;

namespace SimClr.Studies;

/// <summary>What the demo found.</summary>
/// <param name="Pretraining">How training went.</param>
/// <param name="Linear">Linear evaluation with its baselines.</param>
/// <param name="Knn">Nearest neighbours with their baselines.</param>
/// <param name="Report">The page to look at.</param>
public sealed record DemoResult(PretrainingSummary Pretraining, EvaluationResult Linear, EvaluationResult Knn, string Report);

/// <summary>The whole story on the built-in data.</summary>
public static class Demo
{
    /// <summary>Runs it.</summary>
    public static DemoResult Run(string outFolder, bool quick, IProgress<PretrainingProgress>? progress = null,
        IProgress<string>? stage = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("The demo is not built in.");
}
