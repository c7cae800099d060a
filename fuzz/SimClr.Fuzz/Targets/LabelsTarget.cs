using SimClr.Data;

namespace SimClr.Fuzz;

/// <summary>A list of labels.</summary>
internal sealed class LabelsTarget : ReaderTarget
{
    private readonly IImageDataset _dataset = Shapes.Open(40, 32).Train;

    public override IReadOnlyList<string> Words { get; } =
    [
        "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "-1", "0", "1e400", "NaN",
        "99999999999999999999", "0.5", "\\ud800",
        "\"format\":", "\"simclr-labels-1\"", "\"data\":", "\"fingerprint\":", "\"fraction\":", "\"seed\":", "\"pictures\":",
        "\"index\":", "\"name\":", "\"class\":", "{\"index\":0,\"name\":\"a\",\"class\":\"b\"}",
    ];

    public override long AllocationBound(long length) => 512 * 1024 + 64 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("labels.json");
        File.WriteAllBytes(path, input);
        // The dataset is the one it was made for, so that the check goes on to the images.
        var subset = LabelSubset.Load(path) with { Fingerprint = _dataset.Fingerprint };
        return $"{subset.ApplyTo(_dataset).Count}";
    }

    public override bool IsDocumented(Exception exception) => exception is DataException;
}
