using SimClr.Losses;

namespace SimClr.Runs;

/// <summary>
/// Where a run stands, in plain values. Reported at every logged step. Loss, accuracy, entropy, throughput and waiting are means
/// since the last report; what tells how the vectors lie, and the gradient, are values of the step itself.
/// </summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="Loss">The loss, in nats for NT-Xent.</param>
/// <param name="ChanceLoss">
/// The loss if all views had the same projection, ln(2N−1) for NT-Xent; null where the objective has no chance level.
/// </param>
/// <param name="ContrastiveTop1">Share of views, 0..1, whose nearest other view is their partner.</param>
/// <param name="LearningRate">The rate of the last step.</param>
/// <param name="ViewsPerSecond">Augmented views trained on per second.</param>
/// <param name="WaitMilliseconds">Mean time per step that training waited for pictures.</param>
/// <param name="Remaining">Estimated time left.</param>
public sealed record PretrainingProgress(int Epoch, int Epochs, int Step, int TotalSteps, double Loss, double? ChanceLoss,
    double ContrastiveTop1, double LearningRate, double ViewsPerSecond, double WaitMilliseconds, TimeSpan Remaining)
{
    /// <summary>The contrastive accuracy of guessing, 1/(2N−1).</summary>
    public double ChanceTop1 { get; init; } = double.NaN;

    /// <summary>Mean entropy, in nats, of a view's softmax over its candidates; the chance level when all look alike.</summary>
    public double Entropy { get; init; } = double.NaN;

    /// <summary>Mean squared distance of partners on the unit sphere (<see cref="EmbeddingGeometry"/>).</summary>
    public double Alignment { get; init; } = double.NaN;

    /// <summary>How evenly different pictures spread on the unit sphere; 0 when they do not.</summary>
    public double Uniformity { get; init; } = double.NaN;

    /// <summary>Dimensions that h uses, from at most 256 pictures.</summary>
    public double EffectiveRankH { get; init; } = double.NaN;

    /// <summary>Dimensions that z uses, from at most 256 pictures.</summary>
    public double EffectiveRankZ { get; init; } = double.NaN;

    /// <summary>Accuracy of nearest neighbours after this epoch, 0..1; null where it was not measured.</summary>
    public double? KnnTop1 { get; init; }

    /// <summary>ℓ2 norm of all gradients together, before the optimizer's step.</summary>
    public double GradientNorm { get; init; } = double.NaN;

    /// <summary>
    /// Share of views, 0..1, whose class the online probe names right before it learns from them; null without one.
    /// </summary>
    public double? OnlineTop1 { get; init; }
}
