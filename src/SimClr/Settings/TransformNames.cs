using SimClr.Augmentation;

namespace SimClr.Settings;

/// <summary>The transforms that settings know by name, with the values that settings give them.</summary>
public static class TransformNames
{
    private static readonly (string Name, Func<PretrainingOptions, Transform> Make)[] Table =
    [
        ("flip", _ => new HorizontalFlip()),
        ("color", options => new ColorJitter { Strength = options.ColorStrength }),
        ("gray", options => new Grayscale { Probability = options.ColorStrength > 0 ? options.Gray : 0 }),
        ("blur", options => new GaussianBlur { Probability = options.Blur }),
        ("cutout", _ => new Cutout()),
        ("sobel", _ => new SobelFilter()),
        ("noise", _ => new GaussianNoise()),
        ("rotate", _ => new Rotation()),
        ("autoaugment-imagenet", _ => new AutoAugment { Policy = AutoAugmentPolicy.ImageNet }),
        ("autoaugment-cifar10", _ => new AutoAugment { Policy = AutoAugmentPolicy.Cifar10 }),
    ];

    /// <summary>In the place of names: nothing is done.</summary>
    public const string None = "none";

    /// <summary>Every name, the crop first.</summary>
    public static IReadOnlyList<string> All { get; } = [RandomResizedCrop.Name, .. Table.Select(row => row.Name)];

    /// <summary>The policy that a list of names describes.</summary>
    /// <param name="names">Names in order, with commas between; or <see cref="None"/>.</param>
    /// <param name="options">Settings that some of the transforms read.</param>
    /// <exception cref="SettingsException">A name is unknown, comes twice, or the crop is not the first.</exception>
    public static AugmentationPolicy Policy(string names, PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(options);
        var list = Validate(nameof(PretrainingOptions.Transforms), names);
        var crop = list is [RandomResizedCrop.Name, ..] ? new RandomResizedCrop { ScaleMin = options.CropScaleMin } : null;
        return new AugmentationPolicy(options.ImageSize, crop,
            [.. list.Skip(crop is null ? 0 : 1).Select(name => Array.Find(Table, row => row.Name == name).Make(options))],
            options.Normalization());
    }

    /// <summary>A policy that always does the one named thing; what is not cropped is shown as its largest central square.</summary>
    /// <param name="name">One name.</param>
    /// <param name="options">Settings that some of the transforms read.</param>
    /// <exception cref="SettingsException">The name is unknown.</exception>
    public static AugmentationPolicy Only(string name, PretrainingOptions options)
    {
        var policy = Policy(name, options);
        return new AugmentationPolicy(policy.ImageSize, policy.Crop,
            [.. policy.Transforms.Select(transform => transform with { Probability = 1 })], policy.Normalization);
    }

    internal static string[] Validate(string setting, string names)
    {
        if (names == None) return [];
        var list = names.Split(',', StringSplitOptions.TrimEntries);
        foreach (var name in list)
            if (!All.Contains(name))
                throw Wrong($"names '{name}'; known are {string.Join(", ", All)}.");
        if (list.Distinct().Count() < list.Length) throw Wrong($"names a transform twice: {names}.");
        if (Array.IndexOf(list, RandomResizedCrop.Name) > 0)
            throw Wrong($"must begin with {RandomResizedCrop.Name} where it is used: {names}.");
        return list;

        SettingsException Wrong(string what) => new($"{setting} {what}") { Setting = setting };
    }
}
