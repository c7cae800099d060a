using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>Properties of an encoder that its weights file does not state; null is chosen from the stem.</summary>
public sealed record ImportOptions
{
    /// <summary>The prefix of the encoder's names in the file; null finds it, where the file holds one network.</summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Side of the images that the encoder is used to, in pixels; 0 chooses what the file's metadata says, else 224 for the
    /// ImageNet stem and 32 for the CIFAR stem.
    /// </summary>
    public int ImageSize { get; init; }

    /// <summary>
    /// How pixels are given to the encoder; null chooses what the file's metadata says, else that of ImageNet or CIFAR-10 like
    /// the stem, as is usual for networks trained in Python.
    /// </summary>
    public NormalizationKind? Normalization { get; init; }

    /// <summary>The settings of the imported run.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds.</exception>
    internal PretrainingOptions SettingsOf(ResNetOptions network, IReadOnlyDictionary<string, string> metadata)
    {
        var isCifar = network.Stem == StemKind.Cifar;
        var saidSize = int.TryParse(metadata.GetValueOrDefault(RunWeights.ImageSizeKey), out var said) ? said : 0;
        var model = new ModelOptions
        {
            Encoder = SettingChoices.Encoder.Parse(network.Name),
            Width = network.Width,
            Stem = network.Stem,
            SelectiveKernels = network.SelectiveKernels,
            ImageSize = Array.Find([ImageSize, saidSize, isCifar ? 32 : 224], size => size != 0),
            Normalization = Normalization
                ?? (metadata.GetValueOrDefault(RunWeights.NormalizationKey) is { Length: > 0 } word
                    ? SettingChoices.Normalization.Parse(word)
                    : isCifar ? NormalizationKind.Cifar10 : NormalizationKind.ImageNet),
        };
        return new PretrainingOptions { Model = model }.Validated();
    }
}
