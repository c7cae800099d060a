using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// Encoders from files that others wrote: torchvision, timm and the usual self-supervised code, saved as safetensors, where names
/// may have a prefix and the file may hold more than the encoder; and ResNets in ONNX files, recognized by their structure.
/// </summary>
public static class EncoderWeights
{
    /// <summary>Tells which network a file holds, from names and shapes; no weights are read.</summary>
    /// <param name="path">A safetensors or ONNX file.</param>
    /// <param name="prefix">The prefix of the encoder's names; null finds it, where the file holds one network.</param>
    /// <returns>The options to make such a network with.</returns>
    /// <exception cref="WeightsException">The file cannot be read, or holds no network that is known here.</exception>
    public static ResNetOptions Recognize(string path, string? prefix = null)
    {
        using var file = EncoderFile.Open(path, prefix);
        return file.Recognize();
    }

    /// <summary>Compares an encoder with a file; nothing is changed and no weights are read.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="path">A safetensors or ONNX file.</param>
    /// <param name="prefix">The prefix of the encoder's names; null finds it, where the file holds one network.</param>
    /// <exception cref="WeightsException">The file cannot be read, or holds no network that is known here.</exception>
    public static WeightsReport Compare(ResNet encoder, string path, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        using var file = EncoderFile.Open(path, prefix);
        return Compare(encoder, file);
    }

    /// <summary>
    /// Fills an encoder, in place: element type, device and strides stay the encoder's. Nothing is changed unless all fits.
    /// </summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="path">A safetensors or ONNX file.</param>
    /// <param name="prefix">The prefix of the encoder's names; null finds it, where the file holds one network.</param>
    /// <returns>The tensors that matched and those that were ignored.</returns>
    /// <exception cref="WeightsException">
    /// The file cannot be read, or its network is another one; the message says what it looks like and what differs.
    /// </exception>
    public static WeightsReport Load(ResNet encoder, string path, string? prefix = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        using var file = EncoderFile.Open(path, prefix);
        return Load(encoder, file);
    }

    /// <summary>The same from a file that is open.</summary>
    internal static WeightsReport Load(ResNet encoder, EncoderFile file)
    {
        TorchRuntime.EnsureLoaded();
        var report = Compare(encoder, file);
        if (!report.Fits) throw Misfit(encoder, report);
        using var frozen = no_grad();
        foreach (var (name, target) in encoder.state_dict())
        {
            if (ModuleWeights.IsBatchCount(name)) continue;
            using var scope = NewDisposeScope(); // one tensor at a time: never a second copy of the whole network
            target.copy_(file.Get(name));
        }
        return report;
    }

    private static WeightsReport Compare(ResNet encoder, EncoderFile file)
    {
        List<string> matched = [], missing = [], mismatched = [];
        var targets = encoder.state_dict();
        var names = file.Names.ToHashSet();
        foreach (var (name, target) in targets)
        {
            if (ModuleWeights.IsBatchCount(name)) continue;
            if (!names.Contains(name)) missing.Add(name);
            else if (file.Difference(name, target) is { } difference) mismatched.Add(difference);
            else matched.Add(name);
        }
        var unexpected = file.Names.Where(name => !targets.ContainsKey(name)).Select(file.NameInFile).ToList();
        // Names that fit need no recognition.
        var fits = missing.Count + unexpected.Count + mismatched.Count == 0;
        var network = fits ? encoder.Options : file.Recognize();
        return new WeightsReport(file.Path, network, file.Prefix, matched, missing, unexpected, mismatched, file.Ignored);
    }

    private static WeightsException Misfit(ResNet encoder, WeightsReport report)
    {
        var (theirs, ours) = (report.Description, ResNetShape.Describe(encoder.Options));
        string[] differences =
        [
            .. ModuleWeights.List("missing", report.Missing),
            .. ModuleWeights.List("unexpected", report.Unexpected),
            .. ModuleWeights.List("different", report.Mismatched),
        ];
        var reason = theirs == ours
            ? $"looks like {theirs}, but does not fit it: {string.Join("; ", differences)}"
            : $"looks like {theirs}, and the encoder is {ours}";
        return WeightsException.For(report.File, reason);
    }
}
