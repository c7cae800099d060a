using SimClr.Losses;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The gradient of a batch's objective in the memory of a micro-batch (gradient caching, Gao et al. 2021, arXiv:2101.06983). The
/// objective compares all views with each other, but reaches the weights θ only through z: dL/dθ = Σ dL/dzᵢ · dzᵢ/dθ. So dL/dz is
/// computed once for the whole batch, and then carried back a micro-batch at a time.
/// </summary>
/// <param name="embed">Views <c>[V·m, 3, S, S]</c> of one side to h <c>[V·m, d]</c> and z <c>[V·m, p]</c>.</param>
/// <param name="embedAgain">The same, of views that <paramref name="embed"/> has seen.</param>
/// <param name="compare">z <c>[V·N, p]</c> to the objective.</param>
internal sealed class GradientCache(Func<Tensor, (Tensor H, Tensor Z)> embed, Func<Tensor, (Tensor H, Tensor Z)> embedAgain,
    Func<Tensor, ContrastiveResult> compare)
{
    /// <summary>Lengths d of h and p of z.</summary>
    public required (int H, int Z) Lengths { get; init; }

    /// <summary>
    /// Bounds the memory of the second pass, whose parts take most; null on a GPU, which has memory of its own.
    /// </summary>
    public SteadyHeap? Heap { get; init; }

    /// <summary>Is called at the end of every part of the work.</summary>
    public Action<StepPhase>? PartEnded { get; init; }

    /// <summary>Checked before every micro-batch.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Adds the gradient of the objective to every parameter's.</summary>
    /// <param name="views">The views of the batch, V of each of N images in all.</param>
    /// <param name="parts">The micro-batches: every image in one of them.</param>
    /// <returns>Tensors owned by the caller's dispose scope.</returns>
    /// <exception cref="OperationCanceledException">It was given up; gradients are there, and statistics have moved.</exception>
    public StepResult Backward(StepViews views, IReadOnlyList<MicroBatch> parts)
    {
        using var scope = NewDisposeScope();
        var (h, z) = Embed(views, parts); // [V·N, d], [V·N, p]
        PartEnded?.Invoke(StepPhase.Forward);

        var result = compare(z.requires_grad_());
        PartEnded?.Invoke(StepPhase.Loss);

        result.Loss.backward();
        var cache = z.grad!; // [V·N, p]
        foreach (var part in parts)
        {
            Cancellation.ThrowIfCancellationRequested();
            Heap?.RoundBegins();
            using var micro = NewDisposeScope();
            var (_, again) = views.Of(part).Through(embedAgain); // [V·m, p]
            PartEnded?.Invoke(StepPhase.Forward);
            again.backward([part.Of(cache)]);
            Heap?.RoundEnded();
            PartEnded?.Invoke(StepPhase.Backward);
        }
        return new StepResult(result.Loss.detach(), result.ContrastiveTop1, result.Entropy, h, z.detach())
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Embeds the batch. Each part has a graph, which is dropped with it: without one, libtorch computes some products otherwise,
    /// and memory is taken in another order, which leaves it in smaller pieces.
    /// </summary>
    private (Tensor H, Tensor Z) Embed(StepViews views, IReadOnlyList<MicroBatch> parts)
    {
        using var scope = NewDisposeScope();
        var pixels = views.Views;
        var type = pixels.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var h = empty(views.Rows, Lengths.H, type, pixels.device);      // [V·N, d]
        var z = empty(views.Rows, Lengths.Z, type, pixels.device);      // [V·N, p]
        foreach (var part in parts)
        {
            Cancellation.ThrowIfCancellationRequested();
            using var micro = NewDisposeScope();
            var (partH, partZ) = views.Of(part).Through(embed);         // [V·m, d], [V·m, p]
            part.Put(partH.detach(), h);
            part.Put(partZ.detach(), z);
        }
        return (h.MoveToOuterDisposeScope(), z.MoveToOuterDisposeScope());
    }
}
