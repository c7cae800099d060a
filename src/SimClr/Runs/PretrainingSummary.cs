using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Runs;

/// <summary>
/// The result of a run: the content of <c>RUN/summary.json</c> and the result of <c>simclr pretrain --json</c>. Figures
/// that later versions added are null in the summaries of earlier ones, and there are no warnings.
/// </summary>
/// <param name="Run">The run folder.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Loss">Mean loss of the last epoch, in nats for NT-Xent; NaN, and null in JSON, before the first step.</param>
/// <param name="ChanceLoss">ln(V·N−1) for NT-Xent; null where the objective has no chance level.</param>
/// <param name="ContrastiveTop1">Mean contrastive accuracy of the last epoch, 0..1; likewise.</param>
/// <param name="ViewsPerSecond">Mean throughput, checkpoints included; likewise.</param>
/// <param name="Seconds">Time spent training, all continuations together.</param>
/// <param name="PeakMemoryBytes">Largest resident memory of the process.</param>
/// <param name="Interrupted">True when the run was stopped before its last epoch; it can be resumed.</param>
/// <param name="UnreadableImages">Images that could not be read and were replaced; <c>unreadable.jsonl</c> lists them.</param>
public sealed record PretrainingSummary(string Run, int Epochs, int Steps,
    [property: JsonConverter(typeof(NullForNaN))] double Loss, double? ChanceLoss,
    [property: JsonConverter(typeof(NullForNaN))] double ContrastiveTop1,
    [property: JsonConverter(typeof(NullForNaN))] double ViewsPerSecond, double Seconds, long PeakMemoryBytes, bool Interrupted,
    [property: JsonPropertyName("unreadable_pictures")] int UnreadableImages = 0)
{
    // The last figures stand behind this name, at the top level of the file, in this order; those not named here follow.
    private const string BeforeLast = "chance_top1";

    private static readonly string[] FirstOfLast =
        ["entropy", "alignment", "uniformity", "effective_rank_h", "effective_rank_z", "knn_top1", "gradient_norm",
            "online_top1"];

    // What the file says of the whole run or of its last epoch, and what only a line needs.
    private static readonly string[] NotOfLast =
        ["step", "epoch", "loss", "chance_loss", "contrastive_top1", "lr", "views_per_second", "wait_ms"];

    /// <summary>The contrastive accuracy of guessing, 1/(2N−1) with two views.</summary>
    public double? ChanceTop1 { get; init; }

    /// <summary>
    /// The figures of the last logged step, with the accuracy of nearest neighbors as last measured: how the vectors lie, the
    /// gradient, the accuracies of classes. What the summary says itself of the whole run or of its last epoch is left out, and
    /// so is the place.
    /// </summary>
    [JsonIgnore]
    public TrainingMetrics Last { get; init => field = FiguresOf(value); } = new();

    /// <summary>Steps that were left out because the loss or the gradient was not a number.</summary>
    public int SkippedSteps { get; init; }

    /// <summary>States saved so far.</summary>
    public int? Checkpoints { get; init; }

    /// <summary>Seconds that saving them took; part of <see cref="Seconds"/>.</summary>
    public double? CheckpointSeconds { get; init; }

    /// <summary>The share of the time, 0..1, that saving them took.</summary>
    public double? CheckpointShare { get; init; }

    /// <summary>
    /// How the weights in the run's files were averaged; null, and absent in JSON, where they are those of the last step.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AveragedWeights? AveragedWeights { get; init; }

    /// <summary>Which of two encoders the run's files hold; null, and absent in JSON, where the settings do not ask.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Adaptation? Adaptation { get; init; }

    /// <summary>The warnings of its training: signs that it did not learn.</summary>
    // null: an earlier version had none
    public IReadOnlyList<TrainingWarning> Warnings { get; init => field = value ?? []; } = [];

    /// <summary>One JSON object with snake_case names.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(this, RunsJson.Strict.PretrainingSummary)!.AsObject())
        {
            json[name] = value?.DeepClone();
            if (name != BeforeLast) continue;
            var last = JsonSerializer.SerializeToNode(Last, RunsJson.Strict.TrainingMetrics)!.AsObject();
            foreach (var figure in FirstOfLast.Union(last.Select(figure => figure.Key)).Except(NotOfLast))
                json[figure] = last[figure]?.GetValue<double>();
        }
        return json;
    }

    /// <summary>A summary as <see cref="ToJson"/> makes it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PretrainingSummary FromJson(string json)
    {
        var all = JsonNode.Parse(json, documentOptions: JsonText.StrictDocument) as JsonObject
            ?? throw new JsonException("it holds no JSON object.");
        var summary = all.Deserialize(RunsJson.Strict.PretrainingSummary)!;
        if (summary.Warnings.Any(warning => warning is null)) throw new JsonException("one of its warnings is null.");
        return summary with { Last = all.Deserialize(RunsJson.Strict.TrainingMetrics)! };
    }

    private static TrainingMetrics FiguresOf(TrainingMetrics line) => line with
    {
        Step = 0,
        Epoch = 0,
        Epochs = 0,
        TotalSteps = 0,
        Remaining = default,
        ChanceTop1 = double.NaN,
        Loss = null,
        ChanceLoss = null,
        ContrastiveTop1 = null,
        LearningRate = null,
        ViewsPerSecond = null,
        WaitMilliseconds = null,
    };
}
