using System.Text;
using System.Text.Json;
using SimClr.Models;
using SimClr.Native;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Fuzz;

/// <summary>What a checkpoint says of itself: the input stands in a file whose checksum is right.</summary>
internal sealed class CheckpointTarget : ReaderTarget
{
    public CheckpointTarget() => TorchRuntime.EnsureLoaded();

    public override IReadOnlyList<string> Words { get; } =
    [
        "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "-1", "0", "1e400", "99999999999", "\"NaN\"", "\\ud800",
        "\"version\":1", "\"version\":", "\"step\":", "\"epoch\":", "\"settings\":", "\"seed\":",
    ];

    public override long AllocationBound(long length) => 512 * 1024 + 256 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("checkpoint.safetensors");
        var json = Encoding.UTF8.GetString(input);
        using var scope = NewDisposeScope();
        var weight = zeros(1);
        // Written by hand: the library would wait for the disk.
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["__metadata__"] = new Dictionary<string, string>
            {
                ["checkpoint"] = json,
                ["sha256"] = CheckpointFile.Digest(json, ["weight"], _ => weight),
            },
            ["weight"] = new { dtype = "F32", shape = new[] { 1 }, data_offsets = new[] { 0, 4 } },
        });
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);
        using var checkpoint = CheckpointFile.Read(path);
        return $"{checkpoint.Info.Step > 0} {checkpoint.Info.ToString().Length / 64}";
    }

    public override bool IsDocumented(Exception exception) => exception is WeightsException or CheckpointException;
}
