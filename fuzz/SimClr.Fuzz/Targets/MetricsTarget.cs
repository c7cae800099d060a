using SimClr.Runs;

namespace SimClr.Fuzz;

/// <summary>The logs of a run, lines of JSON: <c>metrics.jsonl</c> and <c>unreadable.jsonl</c>.</summary>
internal sealed class MetricsTarget : ReaderTarget
{
    public override IReadOnlyList<string> Words { get; } =
    [
        "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "\n", "\r\n", "-1", "0", "1e400", "NaN",
        "\"NaN\"", "\"Infinity\"",
        "99999999999999999999", "2147483648", "0.5", "\\ud800", "\\u0000", "\"step\":", "\"step\":1", "\"epoch\":",
        "\"loss\":",
        "\"chance_loss\":", "\"contrastive_top1\":", "\"lr\":", "\"knn_top1\":", "\"index\":", "\"picture\":", "\"reason\":",
    ];

    // An exception for every line, of at least 2 bytes, that only looks like JSON, in each of the four readings.
    public override long AllocationBound(long length) => 512 * 1024 + 4 * 4096 * length / 2;

    public override string Read(byte[] input)
    {
        var path = Scratch("metrics.jsonl");
        File.WriteAllBytes(path, input);
        var points = TrainingMetrics.ReadAll(path).ToList();
        var images = UnreadableLog.Read(path).Count(image => image.Image.Length + image.Reason.Length >= 0);
        using var log = new MetricsLog(path, lastStep: 20);
        return $"{int.Log2(points.Count + 1)} {int.Log2(log.Kept.Count + 1)} {int.Log2(images + 1)} {log.Last?.Loss > 0}";
    }

    // What is no whole line is passed over.
    public override bool IsDocumented(Exception exception) => false;
}
