using SimClr.Pretraining;

namespace SimClr.Reports;

/// <summary>
/// The course of a run for TensorBoard: one file, written whole from the metrics each time, so that a run that was stopped and
/// resumed has every step once. A curve has the name of its field in <c>metrics.jsonl</c>.
/// </summary>
internal static class TensorBoardLog
{
    /// <summary>The file in the run folder. TensorBoard knows its files by the beginning of their names.</summary>
    public const string Name = "tensorboard/events.out.tfevents.0.simclr";

    private static readonly (string Tag, Func<MetricPoint, double?> Value)[] Curves =
    [
        ("loss", p => p.Loss),
        ("contrastive_top1", p => p.ContrastiveTop1),
        ("entropy", p => p.Entropy),
        ("alignment", p => p.Alignment),
        ("uniformity", p => p.Uniformity),
        ("effective_rank_h", p => p.EffectiveRankH),
        ("effective_rank_z", p => p.EffectiveRankZ),
        ("gradient_norm", p => p.GradientNorm),
        ("lr", p => p.LearningRate),
        ("views_per_second", p => p.ViewsPerSecond),
        ("online_top1", p => p.OnlineTop1),
        ("knn_top1", p => p.KnnTop1),
    ];

    /// <summary>Writes the file; nothing where the run has logged nothing.</summary>
    public static void Write(RunRecord record)
    {
        if (record.Metrics.Count == 0) return;
        var path = record.Folder.File(Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Not beside it: TensorBoard would read what a kill left there as a part of the run.
        var aside = record.Folder.File($"tensorboard.{Environment.ProcessId}.tmp");
        File.WriteAllBytes(aside, Encode(record.Metrics, Began(record.Folder), 2 * record.Config.Options.BatchSize));
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>The content of the file.</summary>
    /// <param name="lines">Lines of the metrics in order.</param>
    /// <param name="began">When the run began, seconds since 1970.</param>
    /// <param name="viewsPerStep">
    /// 2N. The metrics hold no times; they are reckoned from the throughput, which leaves out pauses and evaluations.
    /// </param>
    internal static byte[] Encode(IEnumerable<MetricPoint> lines, double began, int viewsPerStep)
    {
        using var file = new MemoryStream();
        EventEncoding.WriteVersion(file, began);
        var (time, last) = (began, 0L);
        foreach (var line in lines)
        {
            if (line.ViewsPerSecond is > 0 and var throughput)
                time += viewsPerStep * Math.Max(0, line.Step - last) / throughput;
            last = line.Step;
            var scalars = from curve in Curves
                          let value = curve.Value(line)
                          where value is { } number && double.IsFinite(number)
                          select (curve.Tag, value.Value);
            EventEncoding.WriteScalars(file, time, line.Step, scalars);
        }
        return file.ToArray();
    }

    // The settings are written when a run begins and never again.
    private static double Began(RunFolder folder) =>
        (File.GetLastWriteTimeUtc(folder.Config) - DateTime.UnixEpoch).TotalSeconds;
}
