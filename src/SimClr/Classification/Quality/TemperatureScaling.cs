namespace SimClr.Classification;

/// <summary>
/// Probabilities that mean what they say: the scores of held-out images are divided by the one number T that makes their
/// cross-entropy least (Guo et al. 2017, Section 4.2). Which class is most likely never changes.
/// </summary>
internal static class TemperatureScaling
{
    private const double Lowest = 0.01, Highest = 100;
    private const int Halvings = 60;

    /// <summary>T, between 0.01 and 100.</summary>
    /// <param name="heldOut">Images that the classifier of their scores did not learn from.</param>
    /// <remarks>
    /// The right class counts (n + 1)/(n + 2) and the others share the rest, as Platt (1999) does: a handful of images that all
    /// come out right are no reason to claim certainty. In β = 1/T the loss is convex; the root of its slope is found by halving.
    /// </remarks>
    public static double Fit(ScoredImages heldOut)
    {
        var n = heldOut.Labels.Length;
        var (right, wrong) = ((n + 1.0) / (n + 2), 1.0 / (n + 2) / (heldOut.ClassCount - 1));
        var aimed = 0.0;
        for (var row = 0; row < n; row++)
        {
            var scores = heldOut.Row(row);
            for (var c = 0; c < scores.Length; c++) aimed += (c == heldOut.Labels[row] ? right : wrong) * scores[c];
        }
        var (low, high) = (Math.Log(1 / Highest), Math.Log(1 / Lowest)); // of β
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (Expected(heldOut, Math.Exp(middle)) < aimed) low = middle;
            else high = middle;
        }
        return Math.Exp(-(low + high) / 2);
    }

    /// <summary>The sum of all images' mean scores under the probabilities at β.</summary>
    private static double Expected(ScoredImages images, double beta)
    {
        var (sum, scaled, probabilities) = (0.0, new double[images.ClassCount], new double[images.ClassCount]);
        for (var row = 0; row < images.Labels.Length; row++)
        {
            var scores = images.Row(row);
            for (var c = 0; c < scores.Length; c++) scaled[c] = beta * scores[c];
            ScoredImages.Softmax(scaled, probabilities);
            for (var c = 0; c < scores.Length; c++) sum += probabilities[c] * scores[c];
        }
        return sum;
    }
}
