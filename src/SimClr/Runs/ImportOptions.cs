using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>Properties of an encoder that its weights file does not state; null is chosen from the stem.</summary>
public sealed record ImportOptions
{
    /// <summary>The prefix of the encoder's names in the file; null finds it, where the file holds one network.</summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Side of the images that the encoder is used to, in pixels; 0 chooses what the file says, else 224 for the ImageNet stem
    /// and 32 for the CIFAR stem.
    /// </summary>
    public int ImageSize { get; init; }

    /// <summary>
    /// How pixels are given to the encoder; null chooses what the file says, else that of ImageNet or CIFAR-10 like
    /// the stem, as is usual for networks trained in Python.
    /// </summary>
    public NormalizationKind? Normalization { get; init; }

    /// <summary>
    /// What a network in an ONNX file takes that prepares no images itself; null: images that are normalized as usual.
    /// </summary>
    public NetworkInput? Input { get; init; }

    /// <summary>Where the file came from, for the record: a package and its version, or an address. Null: not known.</summary>
    public string? Source { get; init; }

    /// <summary>The license of the weights, for the record, as an SPDX identifier. Null: not known.</summary>
    public string? License { get; init; }

    /// <summary>Checks what can be checked without a file.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A deviation of <see cref="Input"/> is not above 0.</exception>
    internal ImportOptions Validated()
    {
        if (Input is { Deviation: var (red, green, blue) })
            Require.That(red > 0 && green > 0 && blue > 0, $"{nameof(Input)}.{nameof(NetworkInput.Deviation)}",
                "above 0", FormattableString.Invariant($"{red}, {green}, {blue}"));
        return this;
    }

    /// <summary>The settings of the imported run.</summary>
    /// <exception cref="SettingsException">A value is out of its bounds, or the file says another one.</exception>
    internal PretrainingOptions SettingsOf(EncoderFile file)
    {
        var (network, metadata) = (file.Recognize(), file.Metadata);
        NormalizationKind? itsOwn = file.Pixels is null ? null : ModelOptions.KindOf(file.Pixels);
        if (itsOwn is { } own && Normalization is { } given && own != given)
            throw new SettingsException($"{nameof(Normalization)} must be {SettingChoices.Normalization.WordOf(own)} or left "
                + $"open: {file.Path} says so itself.")
            {
                Setting = nameof(Normalization),
                File = file.Path,
            };
        var isCifar = network.Stem == StemKind.Cifar;
        var saidSize = int.TryParse(metadata.GetValueOrDefault(RunWeights.ImageSizeKey), out var said) ? said : 0;
        var model = new ModelOptions
        {
            Encoder = SettingChoices.Encoder.Parse(network.Name),
            Width = network.Width,
            Stem = network.Stem,
            SelectiveKernels = network.SelectiveKernels,
            ImageSize = Array.Find([ImageSize, saidSize, file.ImageSize, isCifar ? 32 : 224], size => size != 0),
            Normalization = Normalization ?? itsOwn
                ?? (metadata.GetValueOrDefault(RunWeights.NormalizationKey) is { Length: > 0 } word
                    ? SettingChoices.Normalization.Parse(word)
                    : isCifar ? NormalizationKind.Cifar10 : NormalizationKind.ImageNet),
        };
        return new PretrainingOptions { Model = model }.Validated();
    }
}
