using SimClr.Features;
using SimClr.Numerics;

namespace SimClr.Classification;

/// <summary>Every image judged by a classifier that was fitted without it.</summary>
/// <param name="WeightDecay">The strength of the penalty whose held-out cross-entropy is least.</param>
/// <param name="HeldOut">The scores of all images at that strength, in their order.</param>
/// <param name="Fold">The fold of each image.</param>
internal sealed record CrossValidation(double WeightDecay, ScoredImages HeldOut, int[] Fold)
{
    // Those of the linear evaluation, and stronger ones for a few images with many features.
    private static readonly double[] WeightDecays = [10, 3, .. new LinearProbeOptions().WeightDecays];

    /// <summary>Number of folds.</summary>
    public int Folds => Fold.Max() + 1;

    /// <summary>Cross-validates.</summary>
    /// <param name="set">Images, all of them labeled, at least two of each class.</param>
    /// <param name="folds">At least 2; no more than there are images are made.</param>
    /// <param name="seed">Decides who is in which.</param>
    /// <param name="cancellationToken">Checked between fits.</param>
    /// <remarks>
    /// The strengths are gone through from the strongest on until the mean held-out cross-entropy has passed its minimum, as in
    /// the linear evaluation, whose single held-out part few images cannot afford.
    /// </remarks>
    public static CrossValidation Run(FeatureSet set, int folds, ulong seed, CancellationToken cancellationToken)
    {
        var fold = Deal(set.Labels, set.ClassCount, folds, seed);
        return Run(fold, [.. Enumerable.Repeat(set, fold.Max() + 1)], cancellationToken);
    }

    /// <summary>The same with features of its own for each fold.</summary>
    /// <param name="fold">The fold of each image.</param>
    /// <param name="sets">
    /// For each fold the features of all images, by an encoder that has not seen the labels of the fold.
    /// </param>
    /// <param name="cancellationToken">Checked between fits.</param>
    public static CrossValidation Run(int[] fold, IReadOnlyList<FeatureSet> sets, CancellationToken cancellationToken)
    {
        var set = sets[0]; // labels and classes are those of all
        int[][] parts = [.. Enumerable.Range(0, fold.Max() + 1).Select(f => RowsWhere(fold, other => other == f))];
        var paths = new List<RegularizationPath>();
        try
        {
            for (var f = 0; f < parts.Length; f++)
                paths.Add(new RegularizationPath(sets[f], RowsWhere(fold, other => other != f)));
            var (best, leastLoss) = ((CrossValidation?)null, double.PositiveInfinity);
            foreach (var weightDecay in WeightDecays.OrderDescending())
            {
                var scores = new double[set.Count * set.ClassCount];
                for (var f = 0; f < parts.Length; f++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var found = paths[f].Fit(weightDecay).Scores(sets[f], parts[f]);
                    for (var i = 0; i < parts[f].Length; i++)
                        found.AsSpan(i * set.ClassCount, set.ClassCount).CopyTo(scores.AsSpan(parts[f][i] * set.ClassCount));
                }
                var heldOut = new ScoredImages(scores, set.Labels, set.ClassCount);
                var loss = heldOut.LogLoss();
                if (!(loss < leastLoss)) break;
                (best, leastLoss) = (new(weightDecay, heldOut, fold), loss);
            }
            return best!;
        }
        finally
        {
            foreach (var path in paths) path.Dispose();
        }
    }

    /// <summary>
    /// The fold of each image. The images of each class, shuffled, are dealt like cards, and the next class goes on where the
    /// last ended: the shares of a class, and the sizes of folds, differ by one at most.
    /// </summary>
    internal static int[] Deal(int[] labels, int classes, int folds, ulong seed)
    {
        folds = Math.Min(folds, labels.Length);
        var (fold, next) = (new int[labels.Length], 0);
        for (var c = 0; c < classes; c++)
        {
            var members = RowsWhere(labels, label => label == c);
            // Another view than those of limits and choices of labels.
            new CounterRandom(seed, 0, c, 2, DrawPurpose.Split).Shuffle<int>(members);
            foreach (var member in members) fold[member] = next++ % folds;
        }
        return fold;
    }

    private static int[] RowsWhere(int[] values, Func<int, bool> isMeant) =>
        [.. Enumerable.Range(0, values.Length).Where(row => isMeant(values[row]))];
}
