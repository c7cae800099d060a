using SimClr.Embedding;
using SimClr.Randomness;
using SimClr.Runtime;

namespace SimClr.Fuzz;

/// <summary>An index of pictures, and a search in it.</summary>
internal sealed class IndexTarget : ReaderTarget
{
    public IndexTarget() => TorchRuntime.EnsureLoaded();

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"vectors\"", "\"pictures\"", "\"F32\"", "\"U8\"", "\"shape\":[1,2]", "\"shape\":[0,2]", "\"shape\":[2,0]", "\"format\"",
        "simclr-index-1", "\"run\"", "\"layer\":\"-1\"", "\"image_size\"", "{\"Picture\":\"a\",\"ClassName\":null,\"Stamp\":\"s\"}",
        "null", "[]", "[0,8]", "\\ud800", "{", "}", "[", "]", ",", ":",
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
        return $"{index.Pictures.Count} {index.Origin.Dimension} {index.Origin.Layer > 0} {hits.Count}";
    }

    public override bool IsDocumented(Exception exception) => exception is EmbeddingException;

    /// <inheritdoc cref="SafeTensorsTarget.MendHeader"/>
    public override byte[] Mend(byte[] input, CounterRandom random) => SafeTensorsTarget.MendHeader(input, random);
}
