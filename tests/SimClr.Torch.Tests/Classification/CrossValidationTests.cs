using SimClr.Classification;
using SimClr.Features;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Classification;

/// <summary>Every image is judged by a classifier that has not seen it.</summary>
public sealed class CrossValidationTests
{
    [Theory]
    [InlineData(5, 2, 2)]
    [InlineData(5, 3, 2)]
    [InlineData(2, 10, 17)]
    [InlineData(7, 4, 30)]
    public void Folds_share_each_class_and_all_images_evenly(int folds, int classes, int largest)
    {
        int[] labels = [.. Enumerable.Range(0, classes).SelectMany(c => Enumerable.Repeat(c, Math.Max(2, largest - c)))];
        new CounterRandom(1, 0, 0, 0, DrawPurpose.Order).Shuffle<int>(labels);
        var fold = CrossValidation.Deal(labels, classes, folds, seed: 4);
        var made = Math.Min(folds, labels.Length);
        Assert.Equal(Enumerable.Range(0, made), fold.Distinct().Order());
        AssertEven(Enumerable.Range(0, made).Select(f => fold.Count(other => other == f)));
        for (var c = 0; c < classes; c++)
            AssertEven(Enumerable.Range(0, made).Select(f => fold.Zip(labels).Count(pair => pair == (f, c))));
        Assert.Equal(fold, CrossValidation.Deal(labels, classes, folds, seed: 4));
        if (labels.Length > 10) Assert.NotEqual(fold, CrossValidation.Deal(labels, classes, folds, seed: 5));
    }

    [Fact]
    public void Held_out_scores_are_those_of_the_linear_evaluation_on_the_other_folds()
    {
        var set = Synthetic.Classes(60, 8, 3, spread: 0.7);
        var found = CrossValidation.Run(set, 4, seed: 2, CancellationToken.None);
        for (var f = 0; f < found.Folds; f++)
        {
            int[] seen = [.. Enumerable.Range(0, 60).Where(row => found.Fold[row] != f)];
            var train = new FeatureSet([.. seen.SelectMany(row => set.Row(row).ToArray())], 8,
                [.. seen.Select(row => set.Labels[row])], set.ClassNames);
            var classifier = LinearProbe.Fit(train, new() { WeightDecays = [found.WeightDecay], Tolerance = 1e-9 });
            foreach (var row in Enumerable.Range(0, 60).Where(row => found.Fold[row] == f))
            {
                // Both stop within 1e-6 nats of the minimum, which is flat; and adding a number to all scores changes nothing.
                var (expected, actual) = (Centered(classifier.Scores(set.Row(row))), Centered(found.HeldOut.Row(row)));
                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-2));
            }
        }
    }

    [Fact]
    public void Accuracy_is_that_of_new_images_and_that_of_guessing_where_there_is_nothing_to_learn()
    {
        var learnable = Synthetic.Classes(300, 16, 3, spread: 0.6);
        var expected = LinearProbe.Evaluate(learnable, Synthetic.Classes(3000, 16, 3, spread: 0.6, part: 1)).Top1;
        var found = CrossValidation.Run(learnable, 5, seed: 1, CancellationToken.None).HeldOut.Top1();
        Assert.Equal(expected, found, 0.08); // three deviations of 300 images
        // More features than images: anything that had seen them would be right about all.
        var noise = Synthetic.Classes(120, 200, 2, spread: 0);
        var guessed = CrossValidation.Run(noise, 5, seed: 1, CancellationToken.None);
        Assert.Equal(0.5, guessed.HeldOut.Top1(), 0.15);
        Assert.Equal(10, guessed.WeightDecay);
    }

    [Fact]
    public void Two_images_of_each_class_are_enough_to_go_on()
    {
        var set = Synthetic.Classes(6, 40, 3, spread: 3);
        var found = CrossValidation.Run(set, 5, seed: 1, CancellationToken.None);
        Assert.Equal(5, found.Folds);
        Assert.All(found.HeldOut.Scores, score => Assert.True(double.IsFinite(score)));
        Assert.Equal(1, found.HeldOut.Top1());
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => CrossValidation.Run(set, 5, seed: 1, stop.Token));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        var set = Synthetic.Classes(40, 8, 2, spread: 1);
        CrossValidation.Run(set, 3, seed: 1, CancellationToken.None);
        var before = LiveTensors.Count();
        CrossValidation.Run(set, 3, seed: 1, CancellationToken.None);
        Assert.Equal(before, TorchSharp.torch.Tensor.TotalCount);
    }

    private static void AssertEven(IEnumerable<int> counts)
    {
        var all = counts.ToList();
        Assert.InRange(all.Max() - all.Min(), 0, 1);
    }

    private static double[] Centered(ReadOnlySpan<double> scores)
    {
        var all = scores.ToArray();
        return [.. all.Select(score => score - all.Average())];
    }
}
