namespace SimClr.Settings;

/// <summary>Checks that many options share. A message names the property, the bound and the value.</summary>
public static class Require
{
    /// <summary>Refuses a value that is out of its bounds.</summary>
    /// <param name="holds">Whether it is within them; false for NaN.</param>
    /// <param name="setting">The property.</param>
    /// <param name="bound">The text after "must be".</param>
    /// <param name="value">The value.</param>
    /// <param name="alsoNamed">Other properties that the bound names, in its order.</param>
    /// <exception cref="SettingsException">It is out of them.</exception>
    public static void That(bool holds, string setting, string bound, object? value, params string[] alsoNamed)
    {
        if (!holds) throw Wrong(setting, bound, value, alsoNamed);
    }

    /// <summary>Refuses a word that is none of some.</summary>
    /// <exception cref="SettingsException">It is none of them.</exception>
    public static void OneOf(string setting, string? value, params IReadOnlyList<string> choices)
    {
        if (!choices.Contains(value)) throw NoneOf(setting, Shortened(value ?? ""), choices);
    }

    /// <summary>The exception for a value that is none of some.</summary>
    internal static SettingsException NoneOf(string setting, object? value, IEnumerable<string> choices) =>
        Wrong(setting, $"one of {string.Join(", ", choices)}", $"'{value}'");

    /// <summary>Refuses a record of settings that is null.</summary>
    /// <returns>The record.</returns>
    /// <exception cref="SettingsException">It is null.</exception>
    internal static T Part<T>(T? part, string setting) where T : class
    {
        That(part is not null, setting, "a record of settings", "null");
        return part!;
    }

    /// <summary>Checks the number of images per step.</summary>
    /// <exception cref="SettingsException">It is below 2.</exception>
    internal static void BatchSize(int size) =>
        That(size >= 2, nameof(BatchSize), "at least 2, since the loss compares images with each other", size);

    /// <summary>Checks the side of images that a finished encoder gets.</summary>
    /// <exception cref="SettingsException">It is neither 0 nor 8 to 2048.</exception>
    public static void ImageSize(int size) => Side(size, nameof(ImageSize), "the run's");

    /// <summary>Checks a side in pixels that may be 0.</summary>
    /// <param name="size">The side.</param>
    /// <param name="setting">Its setting.</param>
    /// <param name="otherwise">What 0 stands for.</param>
    /// <exception cref="SettingsException">It is neither 0 nor within the bounds of <see cref="ImageSizes"/>.</exception>
    internal static void Side(int size, string setting, string otherwise) =>
        That(size is 0 or (>= ImageSizes.Smallest and <= ImageSizes.Greatest), setting,
            $"between {ImageSizes.Smallest} and {ImageSizes.Greatest}, or 0 for {otherwise}", size);

    /// <summary>Checks the number of views over which features are averaged.</summary>
    /// <exception cref="SettingsException">It is none of 1, 2 and 10.</exception>
    public static void UseViews(int views) => That(views is 1 or 2 or 10, nameof(UseViews),
        "1 (the image), 2 (the image and its mirror image) or 10 (ten-crop)", views);

    /// <summary>Checks the number of a layer of the projection head.</summary>
    /// <exception cref="SettingsException">It is negative.</exception>
    public static void Layer(int layer) => That(layer >= 0, nameof(Layer), "at least 0 (0 is the encoder)", layer);

    /// <summary>Checks a number of threads.</summary>
    /// <exception cref="SettingsException">It is negative.</exception>
    public static void Threads(int threads) => That(threads >= 0, nameof(Threads), "at least 0 (0 means all cores)", threads);

    /// <summary>Checks a number of threads that decode.</summary>
    /// <exception cref="SettingsException">It is negative.</exception>
    public static void Workers(int workers) =>
        That(workers >= 0, nameof(Workers), "at least 0 (0 chooses from the cores)", workers);

    /// <summary>Checks the most images that are used.</summary>
    /// <exception cref="SettingsException">It is negative.</exception>
    public static void Limit(int limit) => That(limit >= 0, nameof(Limit), "at least 0 (0 means all)", limit);

    /// <summary>Checks which labels are to be used: at most one way to choose them, and a share that is one.</summary>
    /// <exception cref="SettingsException">Two ways are given, or the share is out of its bounds.</exception>
    public static void OneWayToChooseLabels(double? fraction, int? perClass, string? labelsFile)
    {
        string[] ways = ["Fraction", "PerClass", "LabelsFile"];
        if (new object?[] { fraction, perClass, labelsFile }.Count(way => way is not null) > 1)
            throw new SettingsException($"Give one of {ways[0]}, {ways[1]} and {ways[2]}: each says which labels to use.")
            {
                Named = ways,
            };
        That(fraction is null or (> 0 and <= 1), ways[0], "above 0 and at most 1", fraction);
    }

    private static SettingsException Wrong(string setting, string bound, object? value, params string[] alsoNamed) =>
        new($"{setting} must be {bound}, not {value}.") { Setting = setting, Named = [setting, .. alsoNamed] };

    /// <summary>A value that a message can quote.</summary>
    public static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
