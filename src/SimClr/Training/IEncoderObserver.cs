using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// Looks at the encoder between the epochs of a run, every <see cref="PretrainingOptions.KnnEpochs"/> of them and after the last;
/// and with <see cref="AdaptationOptions.KeepBetter"/> at the encoder that the run began with and at the one that it ended with.
/// </summary>
public interface IEncoderObserver
{
    /// <summary>Measures the encoder. The run goes on as if it had not happened: nothing of the encoder may be changed.</summary>
    /// <param name="encoder">
    /// Images <c>[B, 3, S, S]</c> to features <c>[B, d]</c>, in training mode; borrowed. With
    /// <see cref="PretrainingOptions.Ema"/> its weights are the averaged ones, and its batch norm statistics those of training,
    /// averaged likewise.
    /// </param>
    /// <param name="precision">The type in which the run gives images to it.</param>
    /// <param name="cancellationToken">The run's.</param>
    /// <returns>
    /// The value of <c>knn_top1</c> in <c>metrics.jsonl</c>, 0 to 1; or null when there is none, as after a cancellation.
    /// </returns>
    double? Measure(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken);

    /// <summary>Judges the encoder, to keep the better one of two. By default as <see cref="Measure"/>.</summary>
    /// <param name="encoder">As there.</param>
    /// <param name="precision">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>The score; or null when there is none, as after a cancellation.</returns>
    EncoderScore? Judge(nn.Module<Tensor, Tensor> encoder, ScalarType precision, CancellationToken cancellationToken) =>
        Measure(encoder, precision, cancellationToken) is { } top1 ? new(top1, Adaptation.KnnTop1) : null;
}
