using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Evaluation;

public class SgdProbeTests
{
    [Fact]
    public void Steps_are_those_of_nesterov_momentum_with_a_cosine_in_float64()
    {
        const int epochs = 5, classes = 3, dimension = 4, count = 30;
        var views = Enumerable.Range(0, 2).Select(part => Standardized(count, dimension, classes, 0.8, part)).ToArray();
        var options = new SgdProbeOptions { Epochs = epochs, BatchSize = 1000, LearningRate = 4, Momentum = 0.8 };
        var fit = SgdProbe.Fit(epoch => views[epoch % 2], options);
        var parameters = new double[classes, dimension + 1]; // the intercept last
        var velocity = new double[classes, dimension + 1];
        for (var step = 0; step < epochs; step++) // a batch takes all: one step an epoch
        {
            var gradient = Gradient(views[step % 2], parameters);
            var rate = 4.0 * count / 256 * (1 + Math.Cos(Math.PI * step / epochs)) / 2;
            for (var c = 0; c < classes; c++)
            {
                for (var j = 0; j <= dimension; j++)
                {
                    velocity[c, j] = 0.8 * velocity[c, j] + gradient[c, j];
                    parameters[c, j] -= rate * (gradient[c, j] + 0.8 * velocity[c, j]);
                }
            }
        }
        for (var c = 0; c < classes; c++)
        {
            // Parameters of about 1, five steps of float32.
            for (var j = 0; j < dimension; j++) Assert.Equal(parameters[c, j], fit.Weights[c * dimension + j], 1e-5);
            Assert.Equal(parameters[c, dimension], fit.Intercepts[c], 1e-5);
        }
    }

    [Fact]
    public void On_the_same_features_it_agrees_with_the_other_solver()
    {
        var (train, test) = (Standardized(2000, 20, 8, 0.4), Standardized(4000, 20, 8, 0.4, part: 1));
        var exact = LinearProbe.Evaluate(train, test).Top1;
        Assert.InRange(exact, 0.3, 0.9);
        var fit = SgdProbe.Fit(_ => train, new SgdProbeOptions { Epochs = 30 });
        Assert.Equal(exact, TestScore.Of(test, fit.Rank(test)).Top1, 0.01);
    }

    [Fact]
    public void Epochs_see_the_images_in_other_orders_and_the_seed_decides()
    {
        var train = Standardized(64, 4, 3, 0.8);
        LinearClassifier Fit(ulong seed, int epochs = 2) =>
            SgdProbe.Fit(_ => train, new SgdProbeOptions { Epochs = epochs, BatchSize = 24, Seed = seed });
        Assert.Equal(Fit(1).Weights, Fit(1).Weights);
        Assert.NotEqual(Fit(1).Weights, Fit(2).Weights);
    }

    [Fact]
    public void Images_without_a_label_are_left_out()
    {
        var train = Standardized(60, 4, 3, 0.8);
        var partly = train with
        {
            Values = [.. train.Values, .. train.Values[..40].Select(v => 9 * v)],
            Labels = [.. train.Labels, .. Enumerable.Repeat(-1, 10)],
        };
        var options = new SgdProbeOptions { Epochs = 3, BatchSize = 20 };
        Assert.Equal(SgdProbe.Fit(_ => train, options).Weights, SgdProbe.Fit(_ => partly, options).Weights);
        var none = train with { Labels = [.. train.Labels.Select(_ => -1)] };
        Assert.Throws<ArgumentException>(() => SgdProbe.Fit(_ => none, options));
    }

    [Fact]
    public void What_makes_no_sense_is_refused_and_cancellation_noticed()
    {
        var train = Standardized(20, 4, 3, 0.8);
        void Refused(SgdProbeOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => SgdProbe.Fit(_ => train, options));
        Refused(new() { Epochs = 0 });
        Refused(new() { BatchSize = 0 });
        Refused(new() { LearningRate = double.NaN });
        Refused(new() { Momentum = 1 });
        Assert.Throws<ArgumentException>(() => SgdProbe.Fit(epoch => epoch == 0 ? train : Standardized(20, 5, 3, 0.8)));
        Assert.Throws<OperationCanceledException>(() => SgdProbe.Fit(_ => train, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void No_tensors_are_left_behind()
    {
        var train = Standardized(20, 4, 3, 0.8);
        SgdProbe.Fit(_ => train);
        var before = LiveTensors.Count();
        SgdProbe.Fit(_ => train);
        // TorchSharp counts a parameter twice, as the tensor it is made from too, and takes only one back: weights and
        // intercepts.
        Assert.Equal(before + 2, Tensor.TotalCount);
    }

    /// <summary>Gaussian classes around 0, of unit deviation.</summary>
    private static FeatureSet Standardized(int count, int dimension, int classes, double spread, int part = 0)
    {
        var set = Synthetic.Classes(count, dimension, classes, spread, part);
        return set with { Values = [.. set.Values.Select((v, i) => (v - 3 - i % dimension) / (1 + i % dimension))] };
    }

    private static double[,] Gradient(FeatureSet set, double[,] parameters)
    {
        var (classes, dimension) = (set.ClassCount, set.Dimension);
        var gradient = new double[classes, dimension + 1];
        for (var i = 0; i < set.Count; i++)
        {
            double[] x = [.. set.Row(i).ToArray().Select(v => (double)v), 1];
            var exponentials = Enumerable.Range(0, classes).Select(c => Math.Exp(x.Select((v, j) => v * parameters[c, j]).Sum()))
                .ToArray();
            for (var c = 0; c < classes; c++)
                for (var j = 0; j <= dimension; j++)
                    gradient[c, j] += (exponentials[c] / exponentials.Sum() - (set.Labels[i] == c ? 1 : 0)) * x[j] / set.Count;
        }
        return gradient;
    }
}
