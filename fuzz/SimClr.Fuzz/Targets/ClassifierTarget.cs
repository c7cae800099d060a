using System.Buffers.Binary;
using System.Text;
using SimClr.Classification;
using SimClr.Models;
using SimClr.Native;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Fuzz;

/// <summary>
/// A classifier's file. The input is one without the encoder, which would be megabytes: a small encoder of zeros is put behind
/// its tensors, in a hole of the file. A checksum of 64 zeros becomes the right one.
/// </summary>
internal sealed class ClassifierTarget : ReaderTarget
{
    private static readonly byte[] AnyChecksum = Encoding.ASCII.GetBytes(new string('0', 64));

    private readonly List<(string Name, long[] Shape)> _encoder = [];

    public ClassifierTarget()
    {
        TorchRuntime.EnsureLoaded();
        using var network = new ResNet(
            new ResNetOptions { Width = 0.25, Stem = StemKind.Cifar }, new InitialWeights(0, 0) { ShapesOnly = true });
        foreach (var (name, tensor) in network.state_dict())
            if (!ModuleWeights.IsBatchCount(name)) _encoder.Add((name, tensor.shape));
    }

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"classifier.weight\"", "\"classifier.bias\"", "\"head.linear1.weight\"", "\"F64\"", "\"F32\"", "\"shape\":[2,128]",
        "\"format\"", "simclr-classifier-1", "\"classes\"", "\"temperature\"", "\"layer\":\"1\"", "\"image_size\"",
        "\"settings\"",
        "\"quality\"", "\"tensors_sha256\"", "null", "[]", "1e400", "NaN", "-1", "0", "99999999999", "\\\\ud800", "\\n", "{", "}",
        "[",
        "]", ",", ":", "\\\"",
        .. SettingsTarget.SettingWords.Select(word => word.Replace("\"", "\\\"", StringComparison.Ordinal)),
    ];

    public override long AllocationBound(long length) => 4 * 1024 * 1024 + 256 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("classifier.safetensors");
        Write(path, input);
        using var content = ClassifierFile.Read(path);
        var scores = content.Linear.Scores(new float[content.Network.Dimension]);
        var quality = content.Quality;
        var figures = quality.ToJson().Length + quality.Classes.Sum(one => one.Name.Length)
            + quality.Warnings.Sum(one => one.Length);
        return $"{scores.Length} {content.Layer} {int.Log2(content.ImageSize)} {content.Temperature > 1} {int.Log2(figures)} "
            + SettingsTarget.Use(content.Settings);
    }

    public override bool IsDocumented(Exception exception) => exception is ImageClassifierException;

    /// <inheritdoc cref="SafeTensorsTarget.MendHeader"/>
    public override byte[] Mend(byte[] input, CounterRandom random) => SafeTensorsTarget.MendHeader(input, random);

    private void Write(string path, byte[] input)
    {
        File.WriteAllBytes(path, input);
        if (input.Length < 8) return;
        var length = BinaryPrimitives.ReadInt64LittleEndian(input);
        if (length < 0 || length > input.Length - 8) return;
        var header = input.AsSpan(8, (int)length).TrimEnd((byte)' ');
        if (!header.EndsWith("}"u8)) return;
        var data = input.AsSpan(8 + (int)length);
        var (entries, end) = Entries(data.Length);
        byte[] whole = [.. header[..^1], .. Encoding.ASCII.GetBytes(entries), (byte)'}'];
        using (var file = File.Create(path))
        {
            file.Write(BitConverter.GetBytes((long)whole.Length));
            file.Write(whole);
            file.Write(data);
            file.SetLength(8 + whole.Length + end);
        }
        if (whole.AsSpan().IndexOf(AnyChecksum) is >= 0 and var at) WriteChecksum(path, 8 + at);
    }

    /// <summary>The encoder's part of a header, for data that begin at an offset, and where they end.</summary>
    private (string Text, long End) Entries(long offset)
    {
        var text = new StringBuilder();
        foreach (var (name, shape) in _encoder)
        {
            var end = offset + shape.Aggregate(4L, (product, side) => product * side);
            var sides = string.Join(',', shape);
            text.Append($",\"encoder.{name}\":{{\"dtype\":\"F32\",\"shape\":[{sides}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }
        return (text.ToString(), offset);
    }

    private static void WriteChecksum(string path, long at)
    {
        string hash;
        try
        {
            using var scope = NewDisposeScope();
            using var tensors = SafeTensors.Read(path);
            hash = PackedNetwork.HashOf([.. tensors.Names.Select(name => (name, tensors.Get(name)))]);
        }
        catch (WeightsException)
        {
            return; // refused before its checksum matters
        }
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(hash), at);
    }
}
