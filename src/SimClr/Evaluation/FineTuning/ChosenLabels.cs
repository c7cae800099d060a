using SimClr.Data;
using SimClr.Runs;

namespace SimClr.Evaluation;

/// <summary>The labels that a request chose, written down in its run folder.</summary>
/// <param name="Subset">Which labels.</param>
/// <param name="Pictures">Their pictures.</param>
/// <param name="File">Where they are written down; null when they are all there are.</param>
internal sealed record ChosenLabels(LabelSubset Subset, IImageDataset Pictures, string? File)
{
    public int Count => Pictures.Count;

    /// <summary>Chooses labels, and writes them down unless they came from a file or are all there are.</summary>
    /// <exception cref="DataException">They cannot be chosen, or the file does not fit the pictures.</exception>
    public static ChosenLabels Of(ClassificationRequest request, IImageDataset train, RunFolder run)
    {
        var subset = request.ChooseFrom(train);
        var pictures = subset.ApplyTo(train);
        if (request.LabelsFile is not null) return new(subset, pictures, Path.GetFullPath(request.LabelsFile));
        if (subset.Fraction >= 1) return new(subset, pictures, null);
        var name = FormattableString.Invariant($"labels-{pictures.Count}-seed{subset.Seed}.json");
        var file = Path.GetFullPath(run.File(name));
        subset.Save(file);
        return new(subset, pictures, file);
    }

    /// <summary>The file for a result, which leaves those with other labels or seeds as they are.</summary>
    public static string ResultIn(RunFolder run, ClassifierResult result) => run.Evaluation(
        FormattableString.Invariant($"{result.Protocol}-{result.Labels}-seed{result.Seed}"), result.Layer);

    public ClassifierResult Mark(ClassifierResult result) => result with { Fraction = Subset.Fraction, LabelsFile = File };
}
