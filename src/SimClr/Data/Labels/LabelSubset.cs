using SimClr.Files;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>An image whose label is used.</summary>
/// <param name="Index">Its place in the dataset.</param>
/// <param name="Name">
/// Where it lies: <see cref="IImageDataset.Describe"/> without the folders that all images of the subset have in common, so
/// that it is the same on every machine.
/// </param>
/// <param name="Class">The name of its class.</param>
public sealed record LabeledImage(int Index, string Name, string Class);

/// <summary>
/// Which training images keep their labels when there shall be few of them: equally many of each class as far as they last, and
/// at least one (the paper's 1 % and 10 %, Section 6). With the same seed a smaller subset is part of every larger one. Written
/// down as a file, a subset can be shared: others learn from the very same images.
/// </summary>
public sealed record LabelSubset
{
    /// <summary>The dataset's name.</summary>
    public required string Data { get; init; }

    /// <summary>The dataset's fingerprint; the subset fits no other.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The share of the labeled images that was asked for or, where a number was, that came about.</summary>
    public required double Fraction { get; init; }

    /// <summary>Decides which images.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The images, in the dataset's order.</summary>
    public required IReadOnlyList<LabeledImage> Images { get; init; }

    /// <summary>A share of the labeled images.</summary>
    /// <param name="dataset">The training images; those without a label are never chosen.</param>
    /// <param name="fraction">Above 0 and at most 1. Every class that has images gets one, even where that is more.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of its bounds.</exception>
    /// <exception cref="DataException">There are no classes, or fewer labeled images than classes.</exception>
    public static LabelSubset OfFraction(IImageDataset dataset, double fraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (!(fraction > 0 && fraction <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction must be above 0 and at most 1.");
        var ranked = Ranked(dataset, seed);
        var classes = ranked.Count(image => image.Rank == 1);
        var wanted = Math.Max(classes, (int)Math.Round(fraction * ranked.Count));
        return Chosen(dataset, ranked.Take(wanted), fraction, seed);
    }

    /// <summary>A number of images of each class.</summary>
    /// <param name="dataset">The training images; those without a label are never chosen.</param>
    /// <param name="count">How many of each class, at least 1; a class that has fewer gives all of them.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    /// <exception cref="DataException">There are no classes, or fewer labeled images than classes.</exception>
    public static LabelSubset OfEachClass(IImageDataset dataset, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var ranked = Ranked(dataset, seed);
        var chosen = ranked.TakeWhile(image => image.Rank <= count).ToList();
        return Chosen(dataset, chosen, (double)chosen.Count / ranked.Count, seed);
    }

    /// <summary>Reads a subset that <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataException">The file cannot be read or is of another kind.</exception>
    public static LabelSubset Load(string path) => LabelFile.Read(path);

    /// <summary>Writes the subset as JSON, a line for each image.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => LabelFile.Write(path, this);

    /// <summary>The images of the subset as a dataset.</summary>
    /// <param name="dataset">The dataset that the subset was made for.</param>
    /// <exception cref="DataException">It is another one; the message says what differs.</exception>
    public IImageDataset ApplyTo(IImageDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Fingerprint != Fingerprint)
            throw new DataException($"The labels were chosen from {Data} ({Shortened(Fingerprint)}), and {dataset.Name} "
                + $"({Shortened(dataset.Fingerprint)}) holds other images; give the data that they were chosen from.");
        int[] indices = [.. Images.Select(image => image.Index)];
        if (indices.Length == 0) throw new DataException($"The labels chosen from {Data} are none.");
        if (indices.Distinct().Count() < indices.Length)
            throw new DataException($"The labels chosen from {Data} name an image twice.");
        if (indices.Min() < 0 || indices.Max() >= dataset.Count)
            throw new DataException($"The labels chosen from {Data} name images beyond its {dataset.Count}.");
        var names = NamesOf(dataset, indices);
        for (var i = 0; i < indices.Length; i++)
        {
            var name = ClassOf(dataset, indices[i]);
            if (names[i] != Images[i].Name || name != Images[i].Class)
                throw new DataException($"Image {indices[i]} is {Images[i].Name} ({Images[i].Class}) in the list of labels "
                    + $"and {names[i]} ({name}) in {dataset.Name}.");
        }
        return Subset.Of(dataset, indices);
    }

    /// <summary>All labeled images, everyone's first before anyone's second, each with its rank within its class.</summary>
    private static List<(int Index, int Rank)> Ranked(IImageDataset dataset, ulong seed)
    {
        dataset.RequireClasses("to learn");
        int[] order = [.. Enumerable.Range(0, dataset.Count).Where(index => dataset.Label(index) >= 0)];
        if (order.Length < dataset.ClassNames.Count)
            throw new DataException($"{dataset.Name} has {order.Length} labeled images for {dataset.ClassNames.Count} "
                + "classes; every class needs at least one.");
        // Another view than a limit's, which would choose the same images for the same seed.
        new CounterRandom(seed, 0, 0, 1, DrawPurpose.Split).Shuffle<int>(order);
        return [.. ClassTurns.Ranked(order, dataset.Label)];
    }

    private static LabelSubset Chosen(
        IImageDataset dataset, IEnumerable<(int Index, int Rank)> chosen, double fraction, ulong seed)
    {
        int[] indices = [.. chosen.Select(image => image.Index).Order()];
        var names = NamesOf(dataset, indices);
        return new LabelSubset
        {
            Data = dataset.Name,
            Fingerprint = dataset.Fingerprint,
            Fraction = fraction,
            Seed = seed,
            Images = [.. indices.Select((index, i) => new LabeledImage(index, names[i], ClassOf(dataset, index)))],
        };
    }

    private static string ClassOf(IImageDataset dataset, int index) =>
        dataset.Label(index) is >= 0 and var label ? dataset.ClassNames[label] : "";

    private static string[] NamesOf(IImageDataset dataset, int[] indices)
    {
        var names = Array.ConvertAll(indices, index => dataset.Describe(index).Replace('\\', '/'));
        var common = CommonFolder.Length(names);
        return Array.ConvertAll(names, name => name[common..]);
    }

    private static string Shortened(string fingerprint) => fingerprint.Length <= 24 ? fingerprint : fingerprint[..24] + "…";
}
