using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Search;

namespace SimClr.Fuzz;

/// <summary>An index of images, a search in it, and the places of its images.</summary>
internal sealed class IndexTarget : ReaderTarget
{
    private const int MaxPlaces = 8;

    public IndexTarget() => TorchRuntime.EnsureLoaded();

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"vectors\"", "\"pictures\"", "\"F32\"", "\"U8\"", "\"shape\":[1,2]", "\"shape\":[0,2]", "\"shape\":[2,0]", "\"format\"",
        "simclr-index-1", "\"run\"", "\"layer\":\"-1\"", "\"image_size\"",
        "{\"Picture\":\"a\",\"ClassName\":null,\"Stamp\":\"s\"}",
        ", record 1", "/etc/passwd, record 0", "/dev/zero", "shapes test 7", "shapes1-test-100-16px-seed0",
        "12/638000000000000000",
        "../", "null", "[]", "[0,8]", "\\ud800", "{", "}", "[", "]", ",", ":",
    ];

    public override long AllocationBound(long length) => 256 * 1024 + 64 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("index");
        File.WriteAllBytes(path, input);
        var index = IndexFile.Read(path);
        var query = new float[index.Origin.Dimension];
        query.AsSpan().Fill(1);
        var hits = index.Search(query, 2);
        var folders = AllowedFolders.CommonOf(index);
        var places = index.Images.Take(MaxPlaces).Select(image => Load(image, folders));
        return $"{index.Images.Count} {index.Origin.Dimension} {index.Origin.Layer > 0} {hits.Count} {index.Rescaled > 0} "
            + string.Join(' ', places);
    }

    // As a server would show it; no file of this machine may come out.
    private static string Load(IndexedImage image, AllowedFolders folders)
    {
        try
        {
            var shown = image.Load(32);
            return ImageLocation.Of(image) is ImageLocation.Drawn
                ? $"drawn {folders.Hold(ImageLocation.Of(image)!)}"
                : throw new InvalidOperationException($"{image.Image} gave {shown.Width} x {shown.Height} pixels.");
        }
        catch (DataException e)
        {
            return e.Message.Contains("CIFAR", StringComparison.Ordinal) ? "no record" : "refused";
        }
    }

    public override bool IsDocumented(Exception exception) => exception is EmbeddingException;

    /// <inheritdoc cref="SafeTensorsTarget.MendHeader"/>
    public override byte[] Mend(byte[] input, CounterRandom random) => SafeTensorsTarget.MendHeader(input, random);
}
