using SimClr.Features;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>
/// Linear evaluation as the paper does it on ImageNet (Section 4, Appendices B.5 and B.6): a linear classifier on frozen features
/// of randomly cropped and flipped images, trained by stochastic gradient descent with Nesterov momentum, without weight decay
/// and without warmup. As in the official code it begins with zeros, and the learning rate follows a cosine. Nothing of a
/// test set has any influence on it.
/// </summary>
public static class SgdProbe
{
    /// <summary>Trains a classifier; vectors without a label are left out.</summary>
    /// <param name="view">
    /// The training features for an epoch, counted from 0: of another augmentation each time, or of some in turn.
    /// </param>
    /// <param name="options">Settings, or null for the usual ones.</param>
    /// <param name="cancellationToken">Checked between epochs.</param>
    /// <exception cref="ArgumentException">
    /// A view has no labeled vectors or does not fit the first one, or a setting is out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LinearClassifier Fit(
        Func<int, FeatureSet> view, SgdProbeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        options = (options ?? new()).Validated();
        TorchRuntime.EnsureLoaded();
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var features = view(0);
        using var classifier = new Trained(features, options);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (epoch > 0) features = view(epoch);
            classifier.Learn(features, epoch);
        }
        return classifier.Finished();
    }

    /// <summary>A classifier that is being trained.</summary>
    private sealed class Trained : IDisposable
    {
        private readonly SgdProbeOptions _options;
        private readonly FeatureSet _first;
        private readonly int _batchSize;
        private readonly LearningRateSchedule _schedule;
        private readonly Parameter _weights, _intercepts;
        private readonly Optimizer _optimizer;

        public Trained(FeatureSet first, SgdProbeOptions options)
        {
            (_first, _options) = (first, options);
            var count = first.LabeledRows("training").Length;
            _batchSize = Math.Min(options.BatchSize, count);
            _schedule = new LearningRateSchedule
            {
                Peak = LearningRateScaling.Linear.Peak(options.LearningRate, _batchSize),
                TotalSteps = (long)options.Epochs * (count / _batchSize),
            };
            _weights = new Parameter(zeros(first.ClassCount, first.Dimension)); // [C, d]
            _intercepts = new Parameter(zeros(first.ClassCount)); // [C]
            _optimizer = Optimizer.Create(
                new()
                {
                    Kind = OptimizerKind.Sgd,
                    Momentum = options.Momentum,
                    Nesterov = true,
                    WeightDecay = 0,
                    DecayRankOne = true,
                },
                [("weights", _weights), ("intercepts", _intercepts)]);
        }

        /// <summary>One epoch.</summary>
        public void Learn(FeatureSet features, int epoch)
        {
            _first.RequireComparable(features.Validated());
            var rows = features.LabeledRows("training");
            new CounterRandom(_options.Seed, epoch, 0, 0, DrawPurpose.Classifier).Shuffle<int>(rows);
            for (var start = 0; start <= rows.Length - _batchSize; start += _batchSize)
            {
                using var scope = NewDisposeScope();
                var batch = rows[start..(start + _batchSize)];
                var labels = tensor(Array.ConvertAll(batch, row => (long)features.Labels[row])).unsqueeze(1); // [B, 1]
                Step(FeatureTensors.Gather(features, batch), labels, _schedule.At(_optimizer.StepCount));
            }
        }

        public LinearClassifier Finished()
        {
            double[] Values(Tensor tensor) => tensor.to(float64).data<double>().ToArray();
            return new LinearClassifier(Values(_weights), Values(_intercepts), _first.ClassNames);
        }

        private void Step(Tensor x, Tensor labels, double rate)
        {
            var logits = x.mm(_weights.t()).add_(_intercepts, Scalars.One); // [B, C]
            // The gradient of the mean cross-entropy: (p - one-hot)/B, [B, C].
            var residual = logits.softmax(1).scatter_add_(1, labels, full_like(labels, Scalars.Of(-1), float32))
                .div_(Scalars.Of(labels.shape[0]));
            _weights.grad = residual.t().mm(x); // [C, d]
            _intercepts.grad = residual.sum(dim: 0); // [C]
            _optimizer.Step(rate);
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _weights.Dispose();
            _intercepts.Dispose();
        }
    }
}
