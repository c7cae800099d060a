using SimClr.Data;
using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The statistics of the batch norms of a model whose weights are an average. No step computed with these weights, so the
/// statistics of training are not theirs: batches go through the model in training mode, and the means of their statistics
/// become the running ones (Izmailov et al. 2018, arXiv:1803.05407, Section 3.2; PyTorch's <c>swa_utils.update_bn</c>). Small
/// views are left out: the finished encoder sees no images of their side.
/// </summary>
internal static class AveragedStatistics
{
    /// <summary>The most batches that are used.</summary>
    public const int MaxBatches = 100;

    /// <summary>Computes the statistics; weights and modes stay as they are.</summary>
    /// <param name="model">The model, in training mode.</param>
    /// <param name="batches">Batches of an epoch, the first <see cref="MaxBatches"/> of which are used.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="precision">The type that the encoder computes in.</param>
    /// <param name="microBatch">Images that go through the network together; 0 for the whole batch.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>The batches used.</returns>
    /// <exception cref="OperationCanceledException">It was given up; the statistics are those of no network.</exception>
    public static int Compute(SimClrModel model, IEnumerable<ViewBatch> batches, Device device, ScalarType precision,
        int microBatch, CancellationToken cancellationToken)
    {
        using var frozen = no_grad();
        using var averaging = BatchNormalization.AverageStatistics(model);
        var count = 0;
        foreach (var batch in batches.Take(MaxBatches))
        {
            using var scope = NewDisposeScope();
            var views = batch.ToTensor(device).to(precision); // [V·N, 3, S, S]
            foreach (var part in MicroBatch.Split(batch.Indices.Count, microBatch, batch.Views))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var micro = NewDisposeScope();
                model.call(part.Of(views));                   // [V·m, p]
            }
            count++;
        }
        return count;
    }
}
