using SimClr.Files;
using SimClr.Runs;

namespace SimClr.Reporting;

/// <summary>
/// The course of a run for TensorBoard: one file, written whole from the metrics with every report and when training begins
/// or goes on, so that a run that was stopped and resumed has every step once. A curve has the name of its field in
/// <c>metrics.jsonl</c>.
/// </summary>
internal static class TensorBoardLog
{
    /// <summary>The file of a run. TensorBoard knows its files by the beginning of their names.</summary>
    public static string In(RunFolder run) => Path.Combine(run.TensorBoard, "events.out.tfevents.0.simclr");

    private const long TicksBefore1970 = 621_355_968_000_000_000;

    private static readonly (string Tag, Func<TrainingMetrics, double?> Value)[] Curves =
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
        record.Folder.RequireNoLinks();
        Directory.CreateDirectory(record.Folder.TensorBoard);
        var content = Encode(record.Metrics, Logged(record.Folder), record.Config.Options.ViewsPerStep);
        // Not built in this folder: TensorBoard would read what a kill left there as a part of the run.
        AtomicFile.Write(In(record.Folder), content, beside: record.Folder.TensorBoard);
    }

    /// <summary>The content of the file.</summary>
    /// <param name="lines">Lines of the metrics in order.</param>
    /// <param name="ended">When the last line was logged, seconds since 1970.</param>
    /// <param name="viewsPerStep">
    /// V·N. The metrics hold no times; they are reckoned back from the throughput, which leaves out pauses and evaluations.
    /// </param>
    internal static byte[] Encode(IReadOnlyList<TrainingMetrics> lines, double ended, int viewsPerStep)
    {
        double Seconds(int i) => lines[i].ViewsPerSecond is > 0 and var throughput
            ? viewsPerStep * Math.Max(0, lines[i].Step - (i > 0 ? lines[i - 1].Step : 0)) / throughput
            : 0;
        using var file = new MemoryStream();
        var time = ended - Enumerable.Range(0, lines.Count).Sum(Seconds);
        EventEncoding.WriteVersion(file, time);
        foreach (var (i, line) in lines.Index())
        {
            time += Seconds(i);
            WriteEvent(file, time, line);
        }
        return file.ToArray();
    }

    /// <summary>Appends to the content so far.</summary>
    /// <param name="file">Receives it.</param>
    /// <param name="time">When the line was logged, seconds since 1970.</param>
    /// <param name="line">The line.</param>
    internal static void WriteEvent(Stream file, double time, TrainingMetrics line)
    {
        var scalars = from curve in Curves
                      let value = curve.Value(line)
                      where value is { } number && double.IsFinite(number)
                      select (curve.Tag, value.Value);
        EventEncoding.WriteScalars(file, time, line.Step, scalars);
    }

    /// <summary>When the last line of a run was logged, seconds since 1970.</summary>
    internal static double Logged(RunFolder folder) =>
        (double)(File.GetLastWriteTimeUtc(folder.Metrics).Ticks - TicksBefore1970) / TimeSpan.TicksPerSecond;
}
