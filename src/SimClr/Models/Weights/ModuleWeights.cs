using SimClr.Files;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>A module's parameters and buffers, to and from safetensors files, under their PyTorch names.</summary>
public static class ModuleWeights
{
    private const string BatchCountSuffix = "num_batches_tracked";
    private const int NamesInMessage = 4;

    /// <summary>Writes all parameters and persistent buffers; floating-point ones as float32.</summary>
    /// <param name="module">The module; it is not changed.</param>
    /// <param name="path">The file; replaced when it exists, complete or not at all.</param>
    /// <param name="metadata">Free text for readers, or null.</param>
    /// <param name="includeBatchCounts">
    /// Whether batch norm's <c>num_batches_tracked</c> is written too; it does not influence any output at a fixed momentum.
    /// </param>
    /// <exception cref="WeightsException">The file cannot be written.</exception>
    public static void Save(
        nn.Module module, string path, IReadOnlyDictionary<string, string>? metadata = null, bool includeBatchCounts = false)
    {
        ArgumentNullException.ThrowIfNull(module);
        Saving(module, includeBatchCounts, tensors => SafeTensors.Write(path, tensors, metadata));
    }

    /// <summary>The same to a file that was begun before, and completes it.</summary>
    internal static void Save(nn.Module module, AtomicFile file, IReadOnlyDictionary<string, string> metadata) =>
        Saving(module, includeBatchCounts: false, tensors => SafeTensors.Write(file, tensors, metadata));

    private static void Saving(nn.Module module, bool includeBatchCounts, Action<IEnumerable<(string Name, Tensor Tensor)>> write)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        write(module.state_dict()
            .Where(entry => includeBatchCounts || !IsBatchCount(entry.Key))
            .Select(entry => (entry.Key, entry.Value.is_floating_point() ? entry.Value.to(float32) : entry.Value)));
    }

    /// <summary>
    /// Reads all parameters and buffers, in place: element type, device and strides stay the module's. Names and shapes must
    /// agree exactly, except that <c>num_batches_tracked</c> may be missing on either side; nothing is changed unless all agree.
    /// </summary>
    /// <param name="module">The module to fill.</param>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="WeightsException">
    /// The file cannot be read, or it does not fit the module; the message lists what differs.
    /// </exception>
    public static void Load(nn.Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var file = SafeTensors.Read(path);
        var targets = module.state_dict();
        var differences = Differences(targets, file);
        if (differences.Length > 0)
            throw WeightsException.For(file.Path, $"does not fit the module: {string.Join("; ", differences)}");
        using var frozen = no_grad();
        foreach (var (name, target) in targets)
        {
            if (!file.Contains(name)) continue;
            using var scope = NewDisposeScope(); // one tensor at a time: never a second copy of the whole module
            target.copy_(file.Get(name));
        }
    }

    /// <summary>Whether a file's names and shapes are a module's.</summary>
    /// <exception cref="WeightsException">The file cannot be read.</exception>
    internal static bool Fits(nn.Module module, string path)
    {
        using var file = SafeTensors.Read(path);
        return Differences(module.state_dict(), file).Length == 0;
    }

    private static string[] Differences(Dictionary<string, Tensor> targets, SafeTensorsFile file)
    {
        var missing = targets.Keys.Where(name => !file.Contains(name) && !IsBatchCount(name));
        var unexpected = file.Names.Where(name => !targets.ContainsKey(name) && !IsBatchCount(name));
        var mismatched = targets.Where(t => file.Contains(t.Key)).Select(t => Difference(t.Key, t.Value, file)).OfType<string>();
        return [.. List("missing", missing), .. List("unexpected", unexpected), .. List("different", mismatched)];
    }

    internal static string? Difference(string name, Tensor target, SafeTensorsFile file)
    {
        var shape = file.Shape(name);
        if (!target.shape.SequenceEqual(shape))
            return $"{name} is [{string.Join(", ", shape)}] in the file and [{string.Join(", ", target.shape)}] in the module";
        var type = file.DType(name);
        var fileIsReal = type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
        return fileIsReal == target.is_floating_point() ? null : $"{name} is {type} in the file and {target.dtype} in the module";
    }

    internal static IEnumerable<string> List(string what, IEnumerable<string> names)
    {
        var all = names.ToList();
        if (all.Count == 0) yield break;
        var more = all.Count > NamesInMessage ? $" and {all.Count - NamesInMessage} more" : "";
        yield return $"{what} {string.Join(", ", all.Take(NamesInMessage))}{more}";
    }

    internal static bool IsBatchCount(string name) =>
        name == BatchCountSuffix || name.EndsWith("." + BatchCountSuffix, StringComparison.Ordinal);
}
