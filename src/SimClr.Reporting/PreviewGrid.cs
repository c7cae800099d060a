using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;
using SimClr.Settings;

namespace SimClr.Reporting;

/// <summary>Images next to their augmented views, as in the paper's Figure 4: what the encoder learns to see through.</summary>
public static class PreviewGrid
{
    private const int SmallestCell = 96;
    private const int Gap = 6;
    private const int MaxUnreadable = 100;

    /// <summary>Draws a grid: a row for each image, the original first.</summary>
    /// <param name="data">Where the images come from; those shown are chosen by the settings' seed.</param>
    /// <param name="options">Settings whose augmentation is shown.</param>
    /// <param name="count">Rows, at least 1; fewer where the data has fewer.</param>
    /// <param name="views">Views next to each image, at least 1. The first two are those of the run's first epoch.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    /// <exception cref="ArgumentException">The grid would be enormous.</exception>
    /// <exception cref="DataException">No image can be read; those that cannot are passed over for others.</exception>
    public static RgbImage Render(IImageDataset data, PretrainingOptions options, int count = 6, int views = 8)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        var (first, second) = options.Views.CreatePolicies(options.Model);
        return Render(data, options, count,
            [.. Enumerable.Range(0, views).Select(view => ($"view {view + 1}", view % 2 == 0 ? first : second, view))]);
    }

    /// <summary>Draws a grid with a column for each of some transforms, always applied and alone.</summary>
    /// <param name="data">Where the images come from.</param>
    /// <param name="options">Settings that some of the transforms read.</param>
    /// <param name="names">Which, by the names of <see cref="TransformNames.All"/>.</param>
    /// <param name="count">Rows, at least 1; fewer where the data has fewer.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="SettingsException">A name is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    /// <exception cref="ArgumentException">The grid would be enormous.</exception>
    /// <exception cref="DataException">No image can be read; those that cannot are passed over for others.</exception>
    public static RgbImage RenderTransforms(
        IImageDataset data, PretrainingOptions options, IReadOnlyList<string> names, int count = 6)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(names);
        return Render(data, options, count,
            [.. names.Select(name => (name, TransformNames.Only(name, options.Views, options.Model), 0))]);
    }

    private static RgbImage Render(IImageDataset data, PretrainingOptions options, int count,
        IReadOnlyList<(string Heading, AugmentationPolicy Policy, int View)> columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var rows = Choose(data, Math.Min(count, data.Count), options.Seed)
            .Select(chosen => Row(chosen.Value, chosen.Key, options.Seed, columns));
        // Small images are enlarged by a whole factor, so that their pixels stay square.
        var size = options.Model.ImageSize.Last;
        var cell = size >= SmallestCell ? size : size * (int)Math.Ceiling((double)SmallestCell / size);
        return ImageGrid.Compose([.. rows], cell, Gap, ["image", .. columns.Select(column => column.Heading)]);
    }

    private static List<RgbImage> Row(RgbImage image, int index, ulong seed,
        IReadOnlyList<(string Heading, AugmentationPolicy Policy, int View)> columns)
    {
        List<RgbImage> row = [image];
        foreach (var (_, policy, view) in columns)
        {
            var random = new CounterRandom(seed, epoch: 0, index, view, DrawPurpose.View);
            row.Add(policy.RenderPreview(image, policy.Draw(image.Width, image.Height, ref random)));
        }
        return row;
    }

    private static SortedDictionary<int, RgbImage> Choose(IImageDataset data, int count, ulong seed)
    {
        var chosen = new SortedDictionary<int, RgbImage>();
        var reasons = new List<DataException>();
        foreach (var (index, image, reason) in RandomImages.Load(data, seed))
        {
            if (image is not null) chosen.Add(index, image);
            else reasons.Add(reason!);
            if (chosen.Count == count || reasons.Count == MaxUnreadable) break;
        }
        return chosen.Count > 0 ? chosen : throw reasons[0];
    }
}
