using System.Text.Json.Serialization;

namespace SimClr.Pretraining;

/// <summary>How a run went: the content of <c>RUN/summary.json</c> and the result of <c>simclr pretrain --json</c>.</summary>
/// <param name="Run">The run folder.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Loss">Mean NT-Xent of the last epoch, nats.</param>
/// <param name="ChanceLoss">ln(2N−1).</param>
/// <param name="ContrastiveTop1">Mean contrastive accuracy of the last epoch, 0..1.</param>
/// <param name="ViewsPerSecond">Mean throughput, checkpoints included.</param>
/// <param name="Seconds">Time spent training, all continuations together.</param>
/// <param name="PeakMemoryBytes">Largest resident memory of the process.</param>
/// <param name="Interrupted">True when the run was stopped before its last epoch; it can be resumed.</param>
/// <param name="UnreadablePictures">Pictures that could not be read and were replaced; <c>unreadable.jsonl</c> lists them.</param>
public sealed record PretrainingSummary(
    [property: JsonPropertyName("run")] string Run,
    [property: JsonPropertyName("epochs")] int Epochs,
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("chance_loss")] double ChanceLoss,
    [property: JsonPropertyName("contrastive_top1")] double ContrastiveTop1,
    [property: JsonPropertyName("views_per_second")] double ViewsPerSecond,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("peak_memory_bytes")] long PeakMemoryBytes,
    [property: JsonPropertyName("interrupted")] bool Interrupted,
    [property: JsonPropertyName("unreadable_pictures")] int UnreadablePictures = 0);
