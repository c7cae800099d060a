using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The pixels of a step: V views of each image, and K small ones where there are any. Each side has a pass through the network of
/// its own, with batch statistics of its own; the rows of the results are those of the V views, then those of the K.
/// </summary>
/// <param name="Views"><c>[V·N, 3, S, S]</c>.</param>
/// <param name="Small"><c>[K·N, 3, s, s]</c>, or null.</param>
/// <param name="Images">Images N.</param>
internal readonly record struct StepViews(Tensor Views, Tensor? Small, int Images)
{
    /// <summary>Rows of the results, (V + K)·N.</summary>
    public long Rows => Views.shape[0] + (Small?.shape[0] ?? 0);

    /// <summary>Rows of each image, V + K.</summary>
    public int All => (int)(Rows / Images);

    /// <summary>The views of some of the images; copies, owned by the caller's dispose scope.</summary>
    public StepViews Of(MicroBatch part) =>
        part.Count == Images ? this : new(Of(part, Views), Small is null ? null : Of(part, Small), part.Count);

    /// <summary>All views through a network.</summary>
    /// <param name="embed">Views <c>[n, 3, S, S]</c> of one side to h <c>[n, d]</c> and z <c>[n, p]</c>.</param>
    /// <returns>h <c>[(V + K)·N, d]</c> and z <c>[(V + K)·N, p]</c>, owned by the caller's dispose scope.</returns>
    public (Tensor H, Tensor Z) Through(Func<Tensor, (Tensor H, Tensor Z)> embed)
    {
        var (h, z) = embed(Views);                      // [V·N, d], [V·N, p]
        if (Small is null) return (h, z);
        var (smallH, smallZ) = embed(Small);            // [K·N, d], [K·N, p]
        return (cat([h, smallH]), cat([z, smallZ]));
    }

    private Tensor Of(MicroBatch part, Tensor rows) => (part with { Views = (int)(rows.shape[0] / Images) }).Of(rows);
}
