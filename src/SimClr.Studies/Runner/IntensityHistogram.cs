using SimClr.Images;

namespace SimClr.Studies;

/// <summary>How often each intensity occurs in an image, over all channels (Figure 6).</summary>
internal static class IntensityHistogram
{
    public const int Bins = 32;

    /// <summary>Shares of <see cref="Bins"/> equal ranges of 0..255; they sum to 1.</summary>
    public static double[] Of(RgbImage image)
    {
        var shares = new double[Bins];
        var pixels = image.Pixels;
        foreach (var value in pixels) shares[value * Bins / 256]++;
        for (var i = 0; i < Bins; i++) shares[i] /= pixels.Length;
        return shares;
    }

    /// <summary>
    /// The share of histograms whose nearest other one, by the sum of absolute differences, is their partner's: rows i and
    /// i + N of 2N are partners.
    /// </summary>
    public static double PairsFound(IReadOnlyList<double[]> histograms)
    {
        var pairs = histograms.Count / 2;
        var found = 0;
        for (var i = 0; i < histograms.Count; i++)
        {
            var partner = (i + pairs) % histograms.Count;
            var distance = Distance(histograms[i], histograms[partner]);
            var isNearest = true;
            for (var j = 0; j < histograms.Count && isNearest; j++)
                isNearest = j == i || j == partner || Distance(histograms[i], histograms[j]) > distance;
            if (isNearest) found++;
        }
        return (double)found / histograms.Count;
    }

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < Bins; i++) sum += Math.Abs(a[i] - b[i]);
        return sum;
    }
}
