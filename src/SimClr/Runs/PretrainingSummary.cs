using System.Text.Json.Serialization;

namespace SimClr.Runs;

/// <summary>
/// How a run went: the content of <c>RUN/summary.json</c> and the result of <c>simclr pretrain --json</c>. What later versions
/// added is null, and warnings are none, in the summaries of earlier ones.
/// </summary>
/// <param name="Run">The run folder.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Loss">Mean loss of the last epoch, in nats for NT-Xent.</param>
/// <param name="ChanceLoss">ln(2N−1) for NT-Xent; null where the objective has no chance level.</param>
/// <param name="ContrastiveTop1">Mean contrastive accuracy of the last epoch, 0..1.</param>
/// <param name="ViewsPerSecond">Mean throughput, checkpoints included.</param>
/// <param name="Seconds">Time spent training, all continuations together.</param>
/// <param name="PeakMemoryBytes">Largest resident memory of the process.</param>
/// <param name="Interrupted">True when the run was stopped before its last epoch; it can be resumed.</param>
/// <param name="UnreadablePictures">
/// Pictures that could not be read and were replaced; <c>unreadable.jsonl</c> lists them.
/// </param>
public sealed record PretrainingSummary(
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("epochs")] int Epochs,
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("chance_loss")] double? ChanceLoss,
    [property: JsonPropertyName("contrastive_top1")] double ContrastiveTop1,
    [property: JsonPropertyName("views_per_second")] double ViewsPerSecond,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("peak_memory_bytes")] long PeakMemoryBytes,
    [property: JsonPropertyName("interrupted")] bool Interrupted,
    [property: JsonPropertyName("unreadable_pictures")] int UnreadablePictures = 0)
{
    /// <summary>The contrastive accuracy of guessing, 1/(2N−1).</summary>
    [JsonPropertyName("chance_top1")]
    public double? ChanceTop1 { get; init; }

    /// <summary>Entropy of a view's softmax over its candidates, nats, as last logged.</summary>
    [JsonPropertyName("entropy")]
    public double? Entropy { get; init; }

    /// <summary>Mean squared distance of partners on the unit sphere, as last logged.</summary>
    [JsonPropertyName("alignment")]
    public double? Alignment { get; init; }

    /// <summary>How evenly different pictures spread on the unit sphere, as last logged; 0 when they do not.</summary>
    [JsonPropertyName("uniformity")]
    public double? Uniformity { get; init; }

    /// <summary>Dimensions that h uses, from at most 256 pictures, as last logged.</summary>
    [JsonPropertyName("effective_rank_h")]
    public double? EffectiveRankH { get; init; }

    /// <summary>Dimensions that z uses, from at most 256 pictures, as last logged.</summary>
    [JsonPropertyName("effective_rank_z")]
    public double? EffectiveRankZ { get; init; }

    /// <summary>Accuracy of nearest neighbours, 0..1, as last measured; null where it never was.</summary>
    [JsonPropertyName("knn_top1")]
    public double? KnnTop1 { get; init; }

    /// <summary>ℓ2 norm of all gradients together, as last logged.</summary>
    [JsonPropertyName("gradient_norm")]
    public double? GradientNorm { get; init; }

    /// <summary>Share of views whose class the online probe names right, as last logged; null without one.</summary>
    [JsonPropertyName("online_top1")]
    public double? OnlineTop1 { get; init; }

    /// <summary>Steps that were left out because the loss or the gradient was not a number.</summary>
    [JsonPropertyName("skipped_steps")]
    public int SkippedSteps { get; init; }

    /// <summary>States saved so far.</summary>
    [JsonPropertyName("checkpoints")]
    public int? Checkpoints { get; init; }

    /// <summary>Seconds that saving them took; part of <see cref="Seconds"/>.</summary>
    [JsonPropertyName("checkpoint_seconds")]
    public double? CheckpointSeconds { get; init; }

    /// <summary>The share of the time, 0..1, that saving them took.</summary>
    [JsonPropertyName("checkpoint_share")]
    public double? CheckpointShare { get; init; }

    /// <summary>The warnings of the run: signs that it did not learn.</summary>
    [JsonPropertyName("warnings")]
    public IReadOnlyList<TrainingWarning> Warnings { get; init; } = [];
}
