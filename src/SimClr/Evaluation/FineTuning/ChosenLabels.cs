using SimClr.Data;
using SimClr.Runs;

namespace SimClr.Evaluation;

/// <summary>The labels that a request chose, written down in its run folder.</summary>
/// <param name="Subset">Which labels.</param>
/// <param name="Images">Their images.</param>
/// <param name="File">Where they are written down; null when they are all there are.</param>
internal sealed record ChosenLabels(LabelSubset Subset, IImageDataset Images, string? File)
{
    public int Count => Images.Count;

    /// <summary>Chooses labels, and writes them down unless they came from a file or are all there are.</summary>
    /// <exception cref="DataException">They cannot be chosen, or the file does not fit the images.</exception>
    public static ChosenLabels Choose(FineTuningRequest request, IImageDataset train, RunFolder run)
    {
        var subset = request.ChooseFrom(train);
        var images = subset.ApplyTo(train);
        if (request.LabelsFile is not null) return new(subset, images, Path.GetFullPath(request.LabelsFile));
        if (subset.Fraction >= 1) return new(subset, images, null);
        var name = FormattableString.Invariant($"labels-{images.Count}-seed{subset.Seed}.json");
        var file = Path.GetFullPath(run.File(name));
        subset.Save(file);
        return new(subset, images, file);
    }

    /// <summary>The file for a result, which leaves those with other labels or seeds as they are.</summary>
    public static string ResultIn(RunFolder run, FineTuningResult result) => run.Evaluation(
        FormattableString.Invariant($"{result.Protocol}-{result.Labels}-seed{result.Seed}"), result.Layer);

    public FineTuningResult Mark(FineTuningResult result) => result with { Fraction = Subset.Fraction, LabelsFile = File };
}
