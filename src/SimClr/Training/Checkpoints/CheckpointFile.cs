using System.Globalization;
using System.Text;
using System.Text.Json;
using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// One checkpoint on disk: a safetensors file with the info as JSON and a SHA-256 of all content in its metadata, so that any
/// flipped bit is noticed. The digest is computed in the same way in every version of the format, so that a file of another
/// version can be distinguished from a damaged one. A file is read again and compared with it before it takes its name.
/// </summary>
internal static class CheckpointFile
{
    private const string InfoKey = "checkpoint";
    private const string DigestKey = "sha256";

    public static void Write(string path, CheckpointInfo info, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var all = tensors.ToList();
        var json = JsonSerializer.Serialize(info, CheckpointJson.Default.CheckpointInfo);
        var byName = all.ToDictionary(t => t.Name, t => t.Tensor);
        var digest = Digest(json, byName.Keys, name => byName[name]);
        SafeTensors.Write(path, all, new Dictionary<string, string> { [InfoKey] = json, [DigestKey] = digest },
            written => Check(path, written, digest));
    }

    /// <summary>Reads a checkpoint whole.</summary>
    /// <exception cref="WeightsException">The file is damaged or is no checkpoint.</exception>
    /// <exception cref="CheckpointException">It is intact and of another version.</exception>
    public static Checkpoint Read(string path)
    {
        using var file = SafeTensors.Read(path);
        if (!file.Metadata.TryGetValue(InfoKey, out var json) || !file.Metadata.TryGetValue(DigestKey, out var digest))
            throw new WeightsException($"{path}: not a checkpoint") { File = path };
        using var scope = NewDisposeScope();
        var tensors = file.Names.ToDictionary(name => name, file.Get);
        if (Digest(json, tensors.Keys, name => tensors[name]) != digest)
            throw new WeightsException($"{path}: its content does not match its checksum") { File = path };
        var info = ParseInfo(path, json);
        foreach (var tensor in tensors.Values) tensor.DetachFromDisposeScope();
        return new Checkpoint(info, tensors);
    }

    /// <summary>Reads a file again that was just written, a tensor at a time.</summary>
    /// <exception cref="WeightsException">It does not hold what it was given.</exception>
    private static void Check(string path, string written, string digest)
    {
        using var file = SafeTensors.Read(written);
        if (Digest(file.Metadata[InfoKey], file.Names, file.Get) != digest || file.Metadata[DigestKey] != digest)
            throw new WeightsException($"{path} does not read back as it was written: the disk or the memory is faulty")
            {
                File = path,
            };
    }

    private static CheckpointInfo ParseInfo(string path, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var version = document.RootElement.GetProperty("version").GetInt32();
            if (version != CheckpointInfo.CurrentVersion)
                throw new CheckpointException(
                    $"{path} has checkpoint format {version}; this program continues format {CheckpointInfo.CurrentVersion}. "
                    + "Continue the run with the version that began it.");
            return document.Deserialize(CheckpointJson.Default.CheckpointInfo)!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new WeightsException($"{path}: its description is not that of a checkpoint", e) { File = path };
        }
    }

    internal static string Digest(string json, IEnumerable<string> names, Func<string, Tensor> get) =>
        TensorHash.Compute(Text(json), names, get,
            (name, tensor) =>
                [.. Text(name), .. Text($"{SafeTensorsTypes.NameOf(tensor.dtype)} [{string.Join(',', tensor.shape)}]")]);

    // With its length, so that no two lists of texts are the same bytes.
    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}:")), .. bytes];
    }
}
