using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// Multinomial logistic regression on given rows: mean cross-entropy plus (λ/2)·‖W‖², the intercepts free. A point of the
/// parameter space is the weights <c>[C, d]</c>, row-major, followed by the intercepts <c>[C]</c>. Products run in float32, what
/// is summed over images in float64, so the minimum can be approached to about 1e-7 nats.
/// </summary>
/// <param name="values">Standardized features <c>[n, d]</c>, float32; borrowed.</param>
/// <param name="labels"><c>[n]</c> int64; borrowed.</param>
/// <param name="classes">C.</param>
internal sealed class LogisticRegression(Tensor values, Tensor labels, int classes)
{
    private readonly int _count = (int)values.shape[0];
    private readonly int _dimension = (int)values.shape[1];

    /// <summary>The penalised loss; writes its gradient.</summary>
    public double Objective(double[] point, double[] gradient, double weightDecay)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (weights, intercepts) = Parameters(point);
        var weights32 = weights.to(float32); // [C, d]
        var weightSlope = weights.mul(Scalars.Of(weightDecay)); // [C, d]
        var interceptSlope = zeros_like(intercepts); // [C]
        var loss = 0.0;
        FeatureTensors.ForPieces(_count, Math.Max(_dimension, classes), (start, count) =>
        {
            var x = values.narrow(0, start, count); // [B, d]
            var y = labels.narrow(0, start, count).unsqueeze(1); // [B, 1]
            var logProbabilities = x.mm(weights32.t()).to(float64).add_(intercepts, Scalars.One).log_softmax(1); // [B, C]
            loss -= logProbabilities.gather(1, y).sum().item<double>();
            var minusOne = full_like(y, Scalars.Of(-1), float64); // [B, 1]
            var residual = logProbabilities.exp_().scatter_add_(1, y, minusOne) // p − one-hot
                .div_(Scalars.Of(_count)); // [B, C]
            weightSlope.add_(residual.to(float32).t().mm(x), Scalars.One); // [C, d]; several times faster than xᵀ·residual
            interceptSlope.add_(residual.sum(dim: 0), Scalars.One);
        });
        weightSlope.data<double>().CopyTo(gradient);
        interceptSlope.data<double>().CopyTo(gradient, _dimension * classes);
        return loss / _count + weightDecay / 2 * weights.mul(weights).sum().item<double>();
    }

    /// <summary>The mean cross-entropy and the number of rows whose best-ranked class is right.</summary>
    public (double Loss, int Correct) Measure(double[] point)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (weights, intercepts) = Parameters(point);
        var weights32 = weights.to(float32); // [C, d]
        var (loss, correct) = (0.0, 0L);
        FeatureTensors.ForPieces(_count, Math.Max(_dimension, classes), (start, count) =>
        {
            var y = labels.narrow(0, start, count); // [B]
            var logits = values.narrow(0, start, count).mm(weights32.t()).to(float64).add_(intercepts, Scalars.One); // [B, C]
            loss -= logits.log_softmax(1).gather(1, y.unsqueeze(1)).sum().item<double>();
            correct += logits.argmax(1).eq(y).sum().item<long>();
        });
        return (loss / _count, (int)correct);
    }

    private (Tensor Weights, Tensor Intercepts) Parameters(double[] point)
    {
        var all = FeatureTensors.Vector(point); // [C·d + C]
        return (all.narrow(0, 0, _dimension * classes).view(classes, _dimension), all.narrow(0, _dimension * classes, classes));
    }
}
