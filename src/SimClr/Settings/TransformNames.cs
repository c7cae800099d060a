using SimClr.Augmentation;

namespace SimClr.Settings;

/// <summary>The transforms that settings know by name, with the values that settings give them.</summary>
public static class TransformNames
{
    private static readonly (string Name, Func<ViewOptions, Transform> Make)[] Table =
    [
        ("flip", _ => new HorizontalFlip()),
        ("color", views => new ColorJitter
        {
            Strength = views.ColorStrength,
            Brightness = views.Brightness * views.ColorStrength,
            Contrast = views.Contrast * views.ColorStrength,
            Saturation = views.Saturation * views.ColorStrength,
            Hue = views.Hue * views.ColorStrength,
        }),
        ("gray", views => new Grayscale { Probability = views.ColorStrength > 0 ? views.Gray : 0 }),
        ("blur", views => new GaussianBlur { Probability = views.Blur }),
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
    /// <param name="views">Settings that some of the transforms read.</param>
    /// <param name="model">Decides the side of the views and how their pixels are normalized.</param>
    /// <exception cref="SettingsException">A name is unknown, comes twice, or the crop is not the first.</exception>
    public static AugmentationPolicy Policy(string names, ViewOptions views, ModelOptions model)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(model);
        var list = Validate(nameof(ViewOptions.Transforms), names);
        var crop = list is [RandomResizedCrop.Name, ..]
            ? new RandomResizedCrop
            {
                ScaleMin = views.CropScaleMin,
                ScaleMax = views.CropScaleMax,
                Interpolation = views.Interpolation,
            }
            : null;
        return new AugmentationPolicy(model.ImageSize.Last, crop,
            [.. list.Skip(crop is null ? 0 : 1).Select(name => Array.Find(Table, row => row.Name == name).Make(views))],
            model.ToNormalization());
    }

    /// <summary>
    /// A policy that always does the one named thing; what is not cropped is shown as its largest central square.
    /// </summary>
    /// <param name="name">One name.</param>
    /// <param name="views">Settings that some of the transforms read.</param>
    /// <param name="model">Decides the side of the views and how their pixels are normalized.</param>
    /// <exception cref="SettingsException">The name is unknown.</exception>
    public static AugmentationPolicy Only(string name, ViewOptions views, ModelOptions model)
    {
        var policy = Policy(name, views, model);
        return new AugmentationPolicy(policy.ImageSize, policy.Crop,
            [.. policy.Transforms.Select(transform => transform with { Probability = 1 })], policy.Normalization);
    }

    internal static string[] Validate(string setting, string? names)
    {
        Require.That(names is not null, setting, "names of transforms with commas between", "null");
        if (names == None) return [];
        var list = names!.Split(',', StringSplitOptions.TrimEntries);
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
