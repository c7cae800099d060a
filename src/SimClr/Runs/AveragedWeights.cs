using System.Globalization;
using System.Text.Json.Serialization;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>How the weights in a run's files were averaged over its steps (<see cref="PretrainingOptions.Ema"/>).</summary>
/// <param name="Decay">The decay m: an average spans about 1/(1−m) steps.</param>
/// <param name="Steps">The steps that are in the average.</param>
/// <param name="StatisticsBatches">The batches from which the statistics of the batch norms were computed again.</param>
public sealed record AveragedWeights(double Decay, long Steps, int StatisticsBatches)
{
    /// <summary>The same in words.</summary>
    [JsonIgnore]
    public string Words => string.Create(CultureInfo.InvariantCulture,
        $"averaged over {Steps:#,0} steps with decay {Decay}; statistics of batch norms recomputed from {Batches}");

    private string Batches => StatisticsBatches == 1 ? "1 batch" : $"{StatisticsBatches} batches";
}
