using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Fuzz;

/// <summary>What a run folder holds besides its settings: the input is its summary and its results all at once.</summary>
internal sealed class RecordTarget : ReaderTarget
{
    public RecordTarget() => File.WriteAllText(Scratch("config.json"),
        new RunConfig(new PretrainingOptions(), "shapes", "shapes", 100, "f", "0", "cpu").ToJson());

    public override IReadOnlyList<string> Words { get; } =
    [
        "null", "true", "false", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "-1", "0", "1e400", "NaN",
        "99999999999", "0.5", "\\ud800",
        "\"epochs\":", "\"steps\":", "\"loss\":", "\"interrupted\":", "\"warnings\":", "\"step\":", "\"message\":",
        "\"protocol\":",
        "\"top1\":", "\"test_count\":", "\"class_count\":", "\"per_class_top1\":", "\"confusion\":", "\"baselines\":",
        "\"layer\":",
    ];

    public override long AllocationBound(long length) => 1024 * 1024 + 256 * length;

    public override string Read(byte[] input)
    {
        foreach (var name in (string[])["summary.json", "evaluation-linear.json", "evaluation-finetune.json"])
            File.WriteAllBytes(Scratch(name), input);
        var record = RunRecord.Read(ScratchFolder);
        var steps = record.StepsPerEpoch;
        var page = ReportPage.Html(record, TrainingCurve.Of(record));
        return $"{record.IsFinished} {record.Loss > 0} {record.Warnings.Count} {int.Log2(Math.Max(1, steps))} "
            + $"{page.Length / 10_000} "
            + $"{record.Evaluations[0].Confusion?.Count} {record.Evaluations[0].PerClassTop1?.Count}";
    }

    public override bool IsDocumented(Exception exception) => exception is RunFolderException;
}
