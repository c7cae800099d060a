using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>Images of a batch that go through the network together, each with both of its views.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
internal readonly record struct MicroBatch(int First, int Count)
{
    /// <summary>
    /// Cuts a batch up. The rest makes a smaller last part, unless it is a single image: that joins the part before.
    /// </summary>
    /// <param name="images">Images N of the batch.</param>
    /// <param name="size">Images of a part, at least 2; 0 for all.</param>
    public static IReadOnlyList<MicroBatch> Split(int images, int size)
    {
        if (size == 0) return [new(0, images)];
        var parts = new List<MicroBatch>();
        for (var first = 0; first < images; first += parts[^1].Count)
        {
            var left = images - first;
            parts.Add(new(first, left <= size + 1 ? left : size));
        }
        return parts;
    }

    /// <summary>The rows of these images: their first views, then their second ones.</summary>
    /// <param name="rows">A row for each view of the batch, <c>[2N, …]</c>.</param>
    /// <returns>A copy <c>[2m, …]</c>, owned by the caller's dispose scope.</returns>
    public Tensor Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (first, second) = Halves(rows);
        return cat([first, second]).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the rows of these images.</summary>
    /// <param name="part">The result of <see cref="Of"/>, <c>[2m, …]</c>.</param>
    /// <param name="rows">A row for each view of the batch, <c>[2N, …]</c>.</param>
    public void Put(Tensor part, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (first, second) = Halves(rows);
        first.copy_(part.narrow(0, 0, Count));
        second.copy_(part.narrow(0, Count, Count));
    }

    private (Tensor First, Tensor Second) Halves(Tensor rows) =>
        (rows.narrow(0, First, Count), rows.narrow(0, rows.shape[0] / 2 + First, Count)); // [m, …] each
}
