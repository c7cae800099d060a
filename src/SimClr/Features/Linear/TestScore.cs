namespace SimClr.Features;

/// <summary>How a classifier did on the labeled images of a test set.</summary>
/// <param name="Top1">Part of them whose best-ranked class is right, 0 to 1.</param>
/// <param name="Top5">Part whose class is among the five best-ranked.</param>
/// <param name="Count">Number of labeled images.</param>
/// <param name="Confusion">Rows of counts: how often an image of class i was taken for class j.</param>
internal sealed record TestScore(double Top1, double Top5, int Count, int[][] Confusion)
{
    private const int FewBest = 5;

    /// <param name="test">The test set.</param>
    /// <param name="ranked">For each of its vectors classes, best first, at least one.</param>
    /// <exception cref="ArgumentException">The set has no labeled vectors.</exception>
    public static TestScore Of(FeatureSet test, int[][] ranked)
    {
        var rows = test.LabeledRows("test");
        int[][] confusion = [.. Enumerable.Range(0, test.ClassCount).Select(_ => new int[test.ClassCount])];
        var (top1, top5) = (0, 0);
        foreach (var row in rows)
        {
            var (label, order) = (test.Labels[row], ranked[row]);
            confusion[label][order[0]]++;
            if (order[0] == label) top1++;
            if (order.AsSpan(0, Math.Min(FewBest, order.Length)).Contains(label)) top5++;
        }
        return new TestScore((double)top1 / rows.Length, (double)top5 / rows.Length, rows.Length, confusion);
    }

    /// <summary>The accuracy of each class by its name; null where it has no labeled images.</summary>
    public Dictionary<string, double?> PerClass(IReadOnlyList<string> names)
    {
        double? Right(int c) => Confusion[c].Sum() is > 0 and var count ? (double)Confusion[c][c] / count : null;
        return Enumerable.Range(0, names.Count).ToDictionary(c => names[c], Right);
    }
}
