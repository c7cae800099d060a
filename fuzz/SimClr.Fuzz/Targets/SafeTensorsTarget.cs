using System.Buffers.Binary;
using SimClr.Models;
using SimClr.Native;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Fuzz;

/// <summary>Weights.</summary>
internal sealed class SafeTensorsTarget : ReaderTarget
{
    public SafeTensorsTarget() => TorchRuntime.EnsureLoaded();

    public override IReadOnlyList<string> Words { get; } =
    [
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "\"dtype\"", "\"shape\"", "\"data_offsets\"",
        "\"F32\"",
        "\"F64\"", "\"F16\"", "\"BF16\"", "\"I64\"", "\"I32\"", "\"U8\"", "\"BOOL\"", "\"F8_E4M3\"", "__metadata__",
        "[]", "[0,0]",
        "[0]", "-1", "1e9", "9223372036854775807", "18446744073709551616", "\\u0000", "\\ud800", "null", "{", "}", "[",
        "]", ",", ":",
    ];

    public override long AllocationBound(long length) => 128 * 1024 + 16 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("input.safetensors");
        File.WriteAllBytes(path, input);
        using var scope = NewDisposeScope();
        using var file = SafeTensors.Read(path);
        long bytes = 0;
        foreach (var name in file.Names)
        {
            var tensor = file.Get(name);
            bytes += tensor.NumberOfElements * tensor.ElementSize;
            if (bytes > input.Length)
                throw new InvalidOperationException($"{bytes} bytes of tensors from {input.Length} of file");
        }
        return $"{file.Names.Count} {file.Metadata.Count} {string.Join(' ', file.Names.Take(3).Select(file.DType))}";
    }

    public override bool IsDocumented(Exception exception) => exception is WeightsException;

    /// <summary>Sets the length of the header to where it seems to end, most of the time.</summary>
    public override byte[] Mend(byte[] input, CounterRandom random) => MendHeader(input, random);

    /// <inheritdoc cref="Mend"/>
    public static byte[] MendHeader(byte[] input, CounterRandom random)
    {
        if (input.Length < 8 || random.NextBernoulli(0.2)) return input;
        var end = input.AsSpan().LastIndexOf("}"u8);
        while (end >= 0 && end + 1 < input.Length && input[end + 1] == ' ') end++;
        if (end >= 8) BinaryPrimitives.WriteInt64LittleEndian(input, end + 1 - 8);
        return input;
    }
}
