using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// An estimate of the Hessian of multinomial logistic regression that needs no labels: at equal class probabilities it is
/// (XᵀX/n)/C + λI for the weights of each class (compare Böhning 1992). As the initial Hessian of L-BFGS it takes the correlation
/// between features out of the problem, which for raw pixels means tens of iterations in place of thousands.
/// </summary>
internal sealed class Preconditioner : IDisposable
{
    // Above this many features XᵀX costs more than it saves; they are then treated as uncorrelated.
    private const int WidestFactor = 4096;

    // Per feature; keeps the float32 rounding of XᵀX from making the estimate indefinite when λ is tiny.
    private const double Jitter = 1e-7;

    private readonly Tensor? _covariance;
    private readonly int _dimension;
    private readonly int _classes;

    /// <param name="values">Standardized features <c>[n, d]</c>; borrowed only here.</param>
    /// <param name="classes">C.</param>
    public Preconditioner(Tensor values, int classes)
    {
        (_dimension, _classes) = ((int)values.shape[1], classes);
        if (_dimension > WidestFactor) return;
        // A preconditioner need not be exact: some rows per feature estimate the covariance well enough.
        var rows = (int)Math.Min(values.shape[0], Math.Max(16384, 4L * _dimension));
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var sample = values.narrow(0, 0, rows);
        _covariance = sample.t().mm(sample).to(float64).div_(Scalars.Of(rows)).MoveToOuterDisposeScope(); // [d, d]
    }

    /// <summary>The inverse for one λ.</summary>
    /// <param name="weightDecay">λ.</param>
    /// <param name="factor">Something that the caller disposes after the last use, or null.</param>
    public LimitedMemoryBfgs.Preconditioner Inverse(double weightDecay, out IDisposable? factor)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        Tensor? inverse = null;
        if (_covariance is not null)
        {
            var curvature = _covariance.div(Scalars.Of(_classes)); // [d, d]
            curvature.diagonal().add_(Scalars.Of(weightDecay + Jitter * _dimension / _classes), Scalars.One);
            // The inverse itself, because a product is far cheaper than two triangular solves.
            inverse = cholesky_inverse(linalg.cholesky(curvature)).DetachFromDisposeScope(); // [d, d]
        }
        factor = inverse;
        return vector =>
        {
            using var inner = inference_mode();
            using var innerScope = NewDisposeScope();
            var all = FeatureTensors.Vector(vector); // [C·d + C]
            var weights = all.narrow(0, 0, _classes * _dimension).view(_classes, _dimension); // [C, d]
            weights.copy_(inverse is null ? weights.div(Scalars.Of(1.0 / _classes + weightDecay)) : weights.mm(inverse));
            all.narrow(0, _classes * _dimension, _classes).mul_(Scalars.Of(_classes));
            all.data<double>().CopyTo(vector);
        };
    }

    public void Dispose() => _covariance?.Dispose();
}
