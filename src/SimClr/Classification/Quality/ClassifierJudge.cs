using SimClr.Features;

namespace SimClr.Classification;

/// <summary>How good a classifier is, on images that it has not learned from.</summary>
internal static class ClassifierJudge
{
    private const int FewImages = 10, NamesInMessage = 6;

    /// <summary>By cross-validation; without a test part.</summary>
    /// <param name="validation">The held-out scores.</param>
    /// <param name="set">The images.</param>
    public static ImageClassifierQuality Of(CrossValidation validation, FeatureSet set)
    {
        var (heldOut, folds) = (validation.HeldOut, validation.Folds);
        int[][] parts = [.. Enumerable.Range(0, folds).Select(f => Rows(row => validation.Fold[row] == f))];
        double[] top1 = [.. parts.Select(heldOut.Top1)];
        var mean = top1.Average();
        // A fold's own images have no say in the temperature that they are judged with.
        double[] temperatures = [.. Enumerable.Range(0, folds)
            .Select(f => TemperatureScaling.Fit(heldOut.Of(Rows(row => validation.Fold[row] != f))))];
        ClassQuality[] classes = [.. set.ClassNames.Select((name, c) =>
        {
            var members = Rows(row => set.Labels[row] == c);
            return new ClassQuality(name, members.Length, heldOut.Top1(members));
        })];
        var mostFrequent = (double)classes.Max(one => one.Images) / set.Count;
        return new(set.Count, 0, folds, validation.WeightDecay, TemperatureScaling.Fit(heldOut), heldOut.Top1(),
            Math.Sqrt(top1.Sum(value => (value - mean) * (value - mean)) / (folds - 1)), mostFrequent, heldOut.Quality(),
            heldOut.Cooled(row => temperatures[validation.Fold[row]]).Quality(), classes, null,
            [.. Warnings(classes, heldOut.Top1(), mostFrequent)]);

        int[] Rows(Func<int, bool> isMeant) => [.. Enumerable.Range(0, set.Count).Where(isMeant)];
    }

    /// <summary>By images of a test part.</summary>
    /// <param name="classifier">The finished classifier.</param>
    /// <param name="temperature">Its temperature.</param>
    /// <param name="test">The images.</param>
    public static TestQuality Of(LinearClassifier classifier, double temperature, FeatureSet test)
    {
        var scores = classifier.Scores(test, [.. Enumerable.Range(0, test.Count)]);
        var scored = new ScoredImages(scores, test.Labels, test.ClassCount);
        return new(test.Count, scored.Top1(), scored.Quality(), scored.Cooled(_ => temperature).Quality());
    }

    private static IEnumerable<string> Warnings(ClassQuality[] classes, double top1, double mostFrequent)
    {
        string[] few = [.. classes.Where(one => one.Images < FewImages).Select(one => $"{one.Name} ({one.Images})")];
        if (few.Length > 0)
        {
            var more = few.Length > NamesInMessage ? $" and {few.Length - NamesInMessage} more classes" : "";
            yield return $"{string.Join(", ", few.Take(NamesInMessage))}{more}: fewer than {FewImages} images are too few to "
                + "tell how well a class is recognized.";
        }
        if (top1 <= mostFrequent)
            yield return "In cross-validation it does no better than always naming the most frequent class; do not rely on it.";
    }
}
