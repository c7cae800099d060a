using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>Properties of an encoder that its weights file does not state; null is chosen from the stem.</summary>
public sealed record ImportOptions
{
    /// <summary>The prefix of the encoder's names in the file; null finds it, where the file holds one network.</summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Side of the pictures that the encoder is used to, in pixels; 0 chooses what the file's metadata says, else 224 for the
    /// ImageNet stem and 32 for the CIFAR stem.
    /// </summary>
    public int ImageSize { get; init; }

    /// <summary>
    /// <c>none</c>, <c>imagenet</c> or <c>cifar10</c>; empty chooses what the file's metadata says, else <c>imagenet</c> or
    /// <c>cifar10</c> like the stem, as is usual for networks trained in Python.
    /// </summary>
    public string Normalization { get; init; } = "";

    /// <summary>The settings of the imported run.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds.</exception>
    internal PretrainingOptions SettingsOf(ResNetOptions network, IReadOnlyDictionary<string, string> metadata)
    {
        var isCifar = network.Stem == StemKind.Cifar;
        var saidSize = int.TryParse(metadata.GetValueOrDefault(RunWeights.ImageSizeKey), out var said) ? said : 0;
        var saidNormalization = metadata.GetValueOrDefault(RunWeights.NormalizationKey, "");
        return new PretrainingOptions
        {
            Encoder = network.Name,
            Width = network.Width,
            Stem = isCifar ? "cifar" : "imagenet",
            SelectiveKernels = network.SelectiveKernels,
            ImageSize = Array.Find([ImageSize, saidSize, isCifar ? 32 : 224], size => size != 0),
            Normalization = Array.Find([Normalization, saidNormalization, isCifar ? "cifar10" : "imagenet"], name => name != "")!,
        }.Validated();
    }
}
