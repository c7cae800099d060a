using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;

namespace SimClr.Classification;

/// <summary>The images that a classifier learns from, and those that it is measured on.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">The test part, or null where there is none or it is learned from.</param>
internal sealed record LabeledImages(IImageDataset Train, IImageDataset? Test)
{
    private const int MinOfClass = 2, NamesInMessage = 4;

    /// <summary>
    /// Data that have no test part of their own are learned from as a whole: cross-validation says how good the result is, and
    /// labels are scarce. Where labels were chosen, the rest is not learned from.
    /// </summary>
    /// <exception cref="DataException">The data cannot be used, or have no classes.</exception>
    public static LabeledImages Open(ImageClassifierRequest request, int imageSize)
    {
        var data = DatasetSource.Open(request.Data, imageSize);
        data.Train.RequireClasses("to learn");
        var subset = request.Subset(data.Train);
        if (subset is null && data.TestIsHeldOut) return new(JoinedImages.Of(data.Train, data.Test), null);
        var isTested = request.Test && data.Test.Count > 0 && data.Test.ClassNames.Count > 0;
        return new(subset?.ApplyTo(data.Train) ?? data.Train, isTested ? data.Test : null);
    }

    /// <summary>The labeled ones among some images that can be read, and their vectors.</summary>
    /// <returns>The images, their vectors, and how many images could not be read.</returns>
    public static (IImageDataset Images, FeatureSet Set, int Unreadable) Embed(
        Embedder embedder, IImageDataset images, ILogger? logger, CancellationToken cancellationToken)
    {
        int[] labeled = [.. Enumerable.Range(0, images.Count).Where(index => images.Label(index) >= 0)];
        if (labeled.Length == 0) throw new DataException($"{images.Name} has no labeled images.");
        var (vectors, readable) = (new List<float[]>(), new List<int>());
        foreach (var (index, vector) in embedder.Embed(Subset.Of(images, labeled), logger, cancellationToken))
        {
            vectors.Add(vector);
            readable.Add(labeled[index]);
        }
        var values = new float[checked(vectors.Count * embedder.Dimension)];
        for (var i = 0; i < vectors.Count; i++) vectors[i].CopyTo(values, i * embedder.Dimension);
        string[] names = [.. images.ClassNames.Select(ImageFile.Shown)];
        int[] labels = [.. readable.Select(images.Label)];
        return (Subset.Of(images, [.. readable]), new(values, embedder.Dimension, labels, names),
            labeled.Length - vectors.Count);
    }

    /// <summary>Makes sure that each class can be learned from some images and tried on others.</summary>
    /// <exception cref="DataException">One has too few; the message names it.</exception>
    public static void RequireEnough(FeatureSet set)
    {
        var counts = new int[set.ClassCount];
        foreach (var label in set.Labels) counts[label]++;
        string[] few = [.. Enumerable.Range(0, set.ClassCount).Where(c => counts[c] < MinOfClass)
            .Select(c => $"{set.ClassNames[c]} has {counts[c]}")];
        if (few.Length == 0) return;
        var more = few.Length > NamesInMessage ? $" and {few.Length - NamesInMessage} more classes too few" : "";
        throw new DataException($"Every class needs at least {MinOfClass} readable images, and "
            + $"{string.Join(", ", few.Take(NamesInMessage))}{more}; add some, or take the class away.");
    }
}
