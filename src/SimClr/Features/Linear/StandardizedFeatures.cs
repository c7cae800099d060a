using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// Labeled training features in a given order, with mean 0 and standard deviation 1 in every column; a constant column is 0.
/// </summary>
internal sealed class StandardizedFeatures : IDisposable
{
    // A column whose spread is within float32 rounding of its mean carries no information.
    private const double ConstantSpread = 1e-6;

    public StandardizedFeatures(FeatureSet set, int[] rows)
    {
        using var scope = NewDisposeScope();
        Values = FeatureTensors.Gather(set, rows);
        Labels = tensor(Array.ConvertAll(rows, row => (long)set.Labels[row]));
        (Mean, InverseDeviation) = Statistics(Values);
        var mean = tensor(Mean).to(float32); // [d]
        var inverse = tensor(InverseDeviation).to(float32); // [d]
        FeatureTensors.ForPieces(Count, set.Dimension, (start, count) => Values.narrow(0, start, count).sub_(mean).mul_(inverse));
        Values.MoveToOuterDisposeScope();
        Labels.MoveToOuterDisposeScope();
    }

    /// <summary><c>[n, d]</c> float32.</summary>
    public Tensor Values { get; }

    /// <summary><c>[n]</c> int64.</summary>
    public Tensor Labels { get; }

    public int Count => (int)Labels.shape[0];

    public double[] Mean { get; }

    /// <summary>1/σ, or 0 for a constant column.</summary>
    public double[] InverseDeviation { get; }

    public void Dispose()
    {
        Values.Dispose();
        Labels.Dispose();
    }

    private static (double[] Mean, double[] InverseDeviation) Statistics(Tensor values)
    {
        using var scope = NewDisposeScope();
        var (n, d) = (values.shape[0], (int)values.shape[1]);
        var sum = zeros(d, float64);
        var squares = zeros(d, float64);
        FeatureTensors.ForPieces((int)n, d, (start, count) =>
        {
            var piece = values.narrow(0, start, count).to(float64); // [B, d]
            sum.add_(piece.sum(dim: 0), Scalars.One);
            squares.add_(piece.mul_(piece).sum(dim: 0), Scalars.One);
        });
        var mean = sum.div_(Scalars.Of(n)).data<double>().ToArray();
        var square = squares.div_(Scalars.Of(n)).data<double>().ToArray();
        var inverse = new double[d];
        for (var i = 0; i < d; i++)
        {
            var deviation = Math.Sqrt(Math.Max(0, square[i] - mean[i] * mean[i]));
            inverse[i] = deviation > ConstantSpread * Math.Abs(mean[i]) && deviation > float.Epsilon ? 1 / deviation : 0;
        }
        return (mean, inverse);
    }
}
