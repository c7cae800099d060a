using SimClr.Data;
using SimClr.Features;

namespace SimClr.Classification;

/// <summary>The pictures that a classifier learns from, and those that it is measured on.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">The test part, or null where there is none or it is learned from.</param>
internal sealed record LabelledPictures(IImageDataset Train, IImageDataset? Test)
{
    private const int FewestOfClass = 2, NamesInMessage = 4;

    /// <summary>
    /// Data that have no test part of their own are learned from as a whole: cross-validation says how good the result is, and
    /// labels are scarce. Where labels were chosen, the rest is not learned from.
    /// </summary>
    /// <exception cref="DataException">The data cannot be used, or have no classes.</exception>
    public static LabelledPictures Of(PictureClassifierRequest request, int imageSize)
    {
        var data = DatasetSource.Open(request.Data, imageSize);
        data.Train.RequireClasses("to learn");
        var subset = request.Subset(data.Train);
        if (subset is null && data.TestIsHeldOut) return new(JoinedPictures.Of(data.Train, data.Test), null);
        var isTested = request.Test && data.Test.Count > 0 && data.Test.ClassNames.Count > 0;
        return new(subset?.ApplyTo(data.Train) ?? data.Train, isTested ? data.Test : null);
    }

    /// <summary>The vectors of the labelled ones among some pictures that can be read.</summary>
    /// <returns>The vectors, and how many pictures could not be read.</returns>
    public static (FeatureSet Set, int Unreadable) Embed(
        Embedder embedder, IImageDataset pictures, Action<string>? unreadable, CancellationToken cancellation)
    {
        int[] labelled = [.. Enumerable.Range(0, pictures.Count).Where(index => pictures.Label(index) >= 0)];
        if (labelled.Length == 0) throw new DataException($"{pictures.Name} has no labelled pictures.");
        var (vectors, labels) = (new List<float[]>(), new List<int>());
        foreach (var (index, vector) in embedder.Embed(Subset.Of(pictures, labelled), unreadable, cancellation))
        {
            vectors.Add(vector);
            labels.Add(pictures.Label(labelled[index]));
        }
        var values = new float[checked(vectors.Count * embedder.Dimension)];
        for (var i = 0; i < vectors.Count; i++) vectors[i].CopyTo(values, i * embedder.Dimension);
        string[] names = [.. pictures.ClassNames.Select(PictureFile.Shown)];
        return (new(values, embedder.Dimension, [.. labels], names), labelled.Length - vectors.Count);
    }

    /// <summary>Makes sure that each class can be learned from some pictures and tried on others.</summary>
    /// <exception cref="DataException">One has too few; the message names it.</exception>
    public static void RequireEnough(FeatureSet set)
    {
        var counts = new int[set.ClassCount];
        foreach (var label in set.Labels) counts[label]++;
        string[] few = [.. Enumerable.Range(0, set.ClassCount).Where(c => counts[c] < FewestOfClass)
            .Select(c => $"{set.ClassNames[c]} has {counts[c]}")];
        if (few.Length == 0) return;
        var more = few.Length > NamesInMessage ? $" and {few.Length - NamesInMessage} more classes too few" : "";
        throw new DataException($"Every class needs at least {FewestOfClass} readable pictures, and "
            + $"{string.Join(", ", few.Take(NamesInMessage))}{more}; add some, or take the class away.");
    }
}
