using System.Text.Json;
using SimClr.Augmentation;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Pretrained;

/// <summary>
/// What timm's <c>config.json</c> says of a network's images: <c>mean</c>, <c>std</c> and <c>input_size</c>, in
/// <c>pretrained_cfg</c> or, in older ones, beside everything else.
/// </summary>
internal static class HubConfig
{
    /// <summary>Fills what the user left open.</summary>
    /// <param name="options">The user's.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="PretrainedException">The network takes images in a way that is not known here.</exception>
    public static ImportOptions Complete(ImportOptions options, string path)
    {
        JsonElement config;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            config = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return options; // of no model of timm
        }
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("pretrained_cfg", out var inner)) config = inner;
        if (config.ValueKind != JsonValueKind.Object) return options;
        if (options.ImageSize == 0 && Numbers(config, "input_size") is [_, var height, var width] && height == width)
            options = options with { ImageSize = (int)height };
        if (options.Normalization is null && Numbers(config, "mean") is { Length: 3 } mean
            && Numbers(config, "std") is { Length: 3 } deviation)
            options = options with { Normalization = KindOf(mean, deviation) };
        return options;
    }

    private static NormalizationKind KindOf(double[] mean, double[] deviation)
    {
        foreach (var kind in Enum.GetValues<NormalizationKind>())
        {
            var known = new ModelOptions { Normalization = kind }.ToNormalization();
            if (Near(known.Mean, mean) && Near(known.Std, deviation)) return kind;
        }
        throw new PretrainedException($"Its network takes images less {Listed(mean)}, divided by {Listed(deviation)}, which is "
            + "no normalization that is known here; give the nearest one.");
    }

    private static bool Near(ChannelValues known, double[] said)
    {
        var (red, green, blue) = known;
        return said.Zip([red, green, blue], (a, b) => Math.Abs(a - b)).Max() < 0.001;
    }

    private static string Listed(double[] values) =>
        string.Join(", ", values.Select(value => FormattableString.Invariant($"{value:0.###}")));

    private static double[]? Numbers(JsonElement config, string name) =>
        config.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number)
            ? [.. list.EnumerateArray().Select(value => value.GetDouble())]
            : null;
}
