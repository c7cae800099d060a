using SimClr.Data;

namespace SimClr.Evaluation;

/// <summary>A part of DATA that took part in an evaluation.</summary>
/// <param name="Name">The part's name, for example <c>CIFAR-10 test</c>.</param>
/// <param name="Count">How many images of it were used.</param>
/// <param name="Total">How many it has; more than <paramref name="Count"/> where only some were used.</param>
/// <param name="Fingerprint">Identifies the images that were used (<see cref="IImageDataset.Fingerprint"/>).</param>
public sealed record EvaluatedPart(string Name, int Count, int Total, string Fingerprint)
{
    internal static EvaluatedPart Describe(IImageDataset part)
    {
        var whole = part;
        while (whole is Subset subset) whole = subset.Source;
        return new(whole.Name, part.Count, whole.Count, part.Fingerprint);
    }

    /// <summary>The number and the name: <c>500 of the 10,000 images of shapes train</c>.</summary>
    public override string ToString() => Count == Total
        ? FormattableString.Invariant($"{Count:#,0} images of {Name}")
        : FormattableString.Invariant($"{Count:#,0} of the {Total:#,0} images of {Name}");
}
