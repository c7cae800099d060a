using SimClr.Classification;
using SimClr.Numerics;

namespace SimClr.Tests.Classification;

/// <summary>Probabilities of scores, how far they can be believed, and the temperature that makes them so.</summary>
public sealed class ScoredImagesTests
{
    [Fact]
    public void Log_loss_and_accuracy_are_those_of_a_sheet_of_paper()
    {
        // Probabilities 3/4 and 1/4, twice; the second is wrong.
        var scored = new ScoredImages([Math.Log(3), 0, Math.Log(3), 0], [0, 1], 2);
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.25)) / 2, scored.LogLoss(), 1e-12);
        Assert.Equal(0.5, scored.Top1());
        Assert.Equal(0, scored.Top1([1]));
        Assert.Equal([1], scored.Of([1]).Labels);
        // Huge scores neither overflow nor lose anything.
        Assert.Equal(scored.LogLoss(), (scored with { Scores = [.. scored.Scores.Select(s => s + 1e6)] }).LogLoss(), 1e-9);
        Assert.Equal(Math.Log(2), scored.Cooled(_ => 1e9).LogLoss(), 1e-6);
    }

    [Fact]
    public void Calibration_error_is_the_mean_surplus_of_confidence_of_the_bins()
    {
        // Three images at 0.8, of which one is right, and one at 0.6 that is right: (|2.4 − 1| + |0.6 − 1|) / 4.
        double[] at80 = [Math.Log(4), 0], at60 = [Math.Log(1.5), 0];
        var scored = new ScoredImages([.. at80, .. at80, .. at80, .. at60], [0, 1, 1, 0], 2);
        Assert.Equal((1.4 + 0.4) / 4, scored.Quality().CalibrationError, 1e-12);
        Assert.Equal(scored.LogLoss(), scored.Quality().LogLoss);
    }

    [Fact]
    public void The_calibration_error_of_chance_is_what_right_probabilities_show_on_average()
    {
        const int n = 400, trials = 300;
        var sum = 0.0;
        ProbabilityQuality? quality = null;
        for (var trial = 0; trial < trials; trial++)
        {
            var scores = Draw(n, 3, part: 0); // the same scores, with other labels every time
            quality = new ScoredImages(scores, Labels(scores, 3, temperature: 1, seed: trial), 3).Quality();
            sum += quality.CalibrationError;
        }
        Assert.Equal(quality!.ChanceCalibrationError, sum / trials, 0.1 * quality.ChanceCalibrationError);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void The_temperature_that_labels_were_drawn_with_is_found(double temperature)
    {
        var scores = Draw(20_000, 4, part: 1);
        var scored = new ScoredImages(scores, Labels(scores, 4, temperature, seed: 1), 4);
        Assert.Equal(temperature, TemperatureScaling.Fit(scored), 0.05 * temperature);
        Assert.True(scored.Cooled(_ => temperature).Quality().CalibrationError < 0.015);
    }

    [Fact]
    public void The_temperature_has_the_least_loss_of_all_and_follows_the_scale_of_scores()
    {
        const int n = 300;
        var scores = Draw(n, 5, part: 2);
        var labels = Labels(scores, 5, temperature: 2, seed: 9);
        double Loss(double t) => Enumerable.Range(0, n).Sum(row =>
        {
            var z = scores.AsSpan(row * 5, 5).ToArray().Select(s => s / t).ToArray();
            var log = Math.Log(z.Sum(Math.Exp));
            double Aim(int c) => c == labels[row] ? (n + 1.0) / (n + 2) : 1.0 / (n + 2) / 4;
            return Enumerable.Range(0, 5).Sum(c => Aim(c) * (log - z[c]));
        });
        var found = TemperatureScaling.Fit(new(scores, labels, 5));
        foreach (var other in new[] { 0.8, 0.99, 1.01, 1.3 }) Assert.True(Loss(found) < Loss(found * other));
        Assert.Equal(7 * found, TemperatureScaling.Fit(new([.. scores.Select(s => 7 * s)], labels, 5)), 1e-6);
    }

    [Fact]
    public void A_few_images_that_all_come_out_right_are_no_certainty_and_hopeless_scores_become_equal_chances()
    {
        double[] right = [5, 0, 5, 0, 0, 5, 0, 5];
        var temperature = TemperatureScaling.Fit(new(right, [0, 0, 1, 1], 2));
        Assert.Equal(5.0 / 6, 1 / (1 + Math.Exp(-5 / temperature)), 1e-6); // (n + 1)/(n + 2) of four
        Assert.Equal(100, TemperatureScaling.Fit(new(right, [1, 1, 0, 0], 2)), 1e-6); // the bound
    }

    private static double[] Draw(int n, int classes, int part)
    {
        var random = new CounterRandom(3, part, 0, 0, DrawPurpose.Shape);
        return [.. Enumerable.Range(0, n * classes).Select(_ => 2 * random.NextNormal())];
    }

    private static int[] Labels(double[] scores, int classes, double temperature, int seed)
    {
        var random = new CounterRandom((ulong)seed, 7, 0, 0, DrawPurpose.Shape);
        return [.. scores.Chunk(classes).Select(row =>
        {
            var probabilities = new double[classes];
            ScoredImages.Softmax([.. row.Select(s => s / temperature)], probabilities);
            Assert.Equal(1, probabilities.Sum(), 1e-12);
            var (at, label) = (random.NextDouble(), 0);
            while (label < classes - 1 && (at -= probabilities[label]) >= 0) label++;
            return label;
        })];
    }
}
