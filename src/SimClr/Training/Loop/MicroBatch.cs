using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>Images of a batch that go through the network together, each with all of its views.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
/// <param name="Views">Views V of each.</param>
internal readonly record struct MicroBatch(int First, int Count, int Views = 2)
{
    /// <summary>
    /// Cuts a batch up. The rest makes a smaller last part, unless it is a single image: that joins the part before.
    /// </summary>
    /// <param name="images">Images N of the batch.</param>
    /// <param name="size">Images of a part, at least 2; 0 for all.</param>
    /// <param name="views">Views V of each image.</param>
    public static IReadOnlyList<MicroBatch> Split(int images, int size, int views = 2)
    {
        if (size == 0) return [new(0, images, views)];
        var parts = new List<MicroBatch>();
        for (var first = 0; first < images; first += parts[^1].Count)
        {
            var left = images - first;
            parts.Add(new(first, left <= size + 1 ? left : size, views));
        }
        return parts;
    }

    /// <summary>The rows of these images: their first views, then their second ones, and so on.</summary>
    /// <param name="rows">A row for each view of the batch, <c>[V·N, …]</c>.</param>
    /// <returns>A copy <c>[V·m, …]</c>, owned by the caller's dispose scope.</returns>
    public Tensor Of(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return cat(Pieces(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the rows of these images.</summary>
    /// <param name="part">The result of <see cref="Of"/>, <c>[V·m, …]</c>.</param>
    /// <param name="rows">A row for each view of the batch, <c>[V·N, …]</c>.</param>
    public void Put(Tensor part, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var pieces = Pieces(rows);
        for (var view = 0; view < Views; view++) pieces[view].copy_(part.narrow(0, view * Count, Count));
    }

    private Tensor[] Pieces(Tensor rows)
    {
        var (first, count, n) = (First, Count, rows.shape[0] / Views);
        return [.. Enumerable.Range(0, Views).Select(view => rows.narrow(0, view * n + first, count))]; // [m, …] each
    }
}
