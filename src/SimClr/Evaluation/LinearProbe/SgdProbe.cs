using SimClr.Features;
using SimClr.Native;
using SimClr.Numerics;
using SimClr.Optimization;
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
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var features = view(0);
        var classifier = new Trained(features, options);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (epoch > 0) features = view(epoch);
            classifier.Learn(features, epoch);
        }
        return classifier.Finished();
    }

    /// <summary>A classifier that is being trained.</summary>
    private sealed class Trained
    {
        private readonly SgdProbeOptions _options;
        private readonly FeatureSet _first;
        private readonly int _batchSize;
        private readonly LearningRateSchedule _schedule;
        private readonly Tensor _weights, _intercepts, _velocityOfWeights, _velocityOfIntercepts;
        private long _step;

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
            _weights = zeros(first.ClassCount, first.Dimension); // [C, d]
            _intercepts = zeros(first.ClassCount); // [C]
            (_velocityOfWeights, _velocityOfIntercepts) = (zeros_like(_weights), zeros_like(_intercepts));
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
                Step(FeatureTensors.Gather(features, batch), labels, _schedule.At(_step++));
            }
        }

        public LinearClassifier Finished()
        {
            double[] Values(Tensor tensor) => tensor.to(float64).data<double>().ToArray();
            return new LinearClassifier(Values(_weights), Values(_intercepts), _first.ClassNames);
        }

        private void Step(Tensor x, Tensor labels, double rate)
        {
            var logits = x.mm(_weights.t()).add_(_intercepts); // [B, C]
            // The gradient of the mean cross-entropy: (p - one-hot)/B.
            var residual = logits.softmax(1).scatter_add_(1, labels, full_like(labels, -1, float32)).div_(labels.shape[0]); // [B, C]
            Descend(_weights, _velocityOfWeights, residual.t().mm(x), rate); // [C, d]
            Descend(_intercepts, _velocityOfIntercepts, residual.sum(dim: 0), rate); // [C]
        }

        private void Descend(Tensor parameter, Tensor velocity, Tensor gradient, double rate)
        {
            velocity.mul_(_options.Momentum).add_(gradient);
            parameter.sub_(gradient.add_(velocity, alpha: _options.Momentum).mul_(rate));
        }
    }
}
