using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Evaluation;

/// <summary>Opening the observer that suits a run.</summary>
public static class RunObserver
{
    /// <summary>The observer of a run: by labels of held-out images where there are any, else by views.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="data">The run's data; opened only where the settings ask for an observer.</param>
    /// <returns>Null where the settings ask for none, or all they ask for needs labels that the data do not have.</returns>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static IEncoderObserver? Open(PretrainingOptions options, OpenedData data) =>
        (IEncoderObserver?)KnnObserver.Open(options, data) ?? ViewObserver.Open(options, data);

    /// <summary>Freezes the encoder of a run for a look at it, in batches that fit where the run's do.</summary>
    internal static FeatureExtractor Freeze(
        nn.Module<Tensor, Tensor> encoder, ScalarType precision, PretrainingOptions options) =>
        new(encoder, precision, TorchRuntime.SelectDevice(options.Compute.Device), new()
        {
            BatchSize = Math.Min(options.BatchSize, new EvaluationBatchOptions().BatchSize),
            Workers = options.Compute.Workers,
        });
}
