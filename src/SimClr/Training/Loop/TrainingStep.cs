using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>The step of Algorithm 1 that a run repeats.</summary>
/// <param name="state">The model, the optimizer and the position in the run.</param>
/// <param name="loss">The objective.</param>
/// <param name="precision">The type that the encoder computes in.</param>
/// <param name="microBatch">Images that go through the network together; 0 for the whole batch.</param>
/// <param name="images">The images of the batches; asked for their labels where the objective needs them.</param>
internal sealed class TrainingStep(
    TrainingState state, ContrastiveLoss loss, ScalarType precision, int microBatch, IImageDataset images)
{
    private readonly SteadyHeap? _heap = state.Device.type == DeviceType.CPU ? new() : null;

    /// <summary>Is called at the end of every part of a step, to measure its time.</summary>
    public Action<StepPhase>? PartEnded { get; init; }

    /// <summary>The learning rates of the model's parts; null where all have the same.</summary>
    public PartRates? Rates { get; init; }

    /// <summary>Looks at the loss and the gradient before the weights change; or null.</summary>
    public NonFiniteGuard? Guard { get; init; }

    /// <summary>Refuses images without labels for an objective that needs them.</summary>
    /// <exception cref="DataException">An image has no label.</exception>
    public static void RequireLabels(ContrastiveLoss loss, IImageDataset images)
    {
        if (loss.NeedsLabels) images.RequireLabels(loss.GetType().Name, nameof(ObjectiveOptions.Loss));
    }

    /// <summary>Takes a step: the views of every image in, better weights out.</summary>
    /// <param name="batch">The views x̃, V of each of N images and K small ones.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="cancellationToken">
    /// Checked between the micro-batches of a step; a step that is cancelled changes nothing.
    /// </param>
    /// <returns>Tensors owned by the caller's dispose scope; all others die with the step.</returns>
    /// <exception cref="OperationCanceledException">The step was given up.</exception>
    /// <exception cref="TrainingDivergedException">The loss or the gradient is not a number.</exception>
    public StepResult Take(ViewBatch batch, double learningRate, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var views = new StepViews(
            batch.ToTensor(state.Device).to(precision),               // [V·N, 3, S, S]
            batch.SmallToTensor(state.Device)?.to(precision),         // [K·N, 3, s, s]
            batch.Indices.Count);
        var labels = loss.NeedsLabels ? Labels(batch.Indices) : null; // [N]
        PartEnded?.Invoke(StepPhase.Data);

        var number = state.Optimizer.StepCount;
        using var rest = Rates?.IsHeadAlone(number) == true ? state.Model.RestEncoder() : null;
        state.Optimizer.ZeroGrad();
        var parts = MicroBatch.Split(views.Images, microBatch, views.All);
        var before = parts.Count > 1 || Guard is { Skips: true } ? CopyStatistics() : [];
        ContrastiveResult Compare(Tensor z) => loss.Compute(z, labels, views.All);
        StepResult result;
        try
        {
            result = parts.Count == 1 ? Backward(views, Compare) : BackwardInParts(views, Compare, parts, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            PutBack(before);
            throw;
        }
        if (Guard?.Allows(result.Loss) == false)
        {
            PutBack(before);
            state.Optimizer.Skip();
            return (result with { IsSkipped = true }).MoveToOuterDisposeScope();
        }
        state.Optimizer.Step(learningRate, part => Rates?.Of(part, number) ?? 1);
        state.Average?.Follow();
        PartEnded?.Invoke(StepPhase.Optimizer);
        return result.MoveToOuterDisposeScope();
    }

    // The forward pass changes the batch norms' running statistics; a step that is not taken must not.
    private (Tensor Statistic, Tensor Copy)[] CopyStatistics()
    {
        using var frozen = no_grad();
        return [.. state.Model.buffers().Select(buffer => (buffer, buffer.clone()))];
    }

    private static void PutBack((Tensor Statistic, Tensor Copy)[] before)
    {
        using var frozen = no_grad();
        foreach (var (statistic, copy) in before) statistic.copy_(copy);
    }

    private StepResult Backward(StepViews views, Func<Tensor, ContrastiveResult> compare)
    {
        var (h, z) = views.Through(state.Model.RepresentAndProject);  // [(V + K)·N, d], [(V + K)·N, p]
        PartEnded?.Invoke(StepPhase.Forward);
        var result = compare(z);
        PartEnded?.Invoke(StepPhase.Loss);
        result.Loss.backward();
        PartEnded?.Invoke(StepPhase.Backward);
        return new StepResult(result.Loss.detach(), result.ContrastiveTop1, result.Entropy, h.detach(), z.detach());
    }

    private StepResult BackwardInParts(
        StepViews views, Func<Tensor, ContrastiveResult> compare, IReadOnlyList<MicroBatch> parts,
        CancellationToken cancellationToken)
    {
        var cache = new GradientCache(state.Model.RepresentAndProject, RepresentAndProjectAgain, compare)
        {
            Lengths = (state.Model.Encoder.FeatureDimension, state.Model.Head.OutputDimension),
            Heap = _heap,
            PartEnded = PartEnded,
            Cancellation = cancellationToken,
        };
        return cache.Backward(views, parts);
    }

    private (Tensor H, Tensor Z) RepresentAndProjectAgain(Tensor views)
    {
        using var held = BatchNormalization.HoldStatistics(state.Model);
        return state.Model.RepresentAndProject(views);
    }

    // Of the images that were rendered, which are others where some could not be read.
    private Tensor Labels(IReadOnlyList<int> indices) =>
        tensor(indices.Select(index => (long)images.Label(index)).ToArray(), device: state.Device);
}
