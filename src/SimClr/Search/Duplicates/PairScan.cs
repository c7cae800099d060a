using System.Runtime.Intrinsics.X86;
using SimClr.Features;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Search;

/// <summary>
/// The cosines of all pairs of vectors, each pair once. They are computed block by block and dropped after the visit:
/// memory grows as the vectors do, not as their pairs.
/// </summary>
/// <param name="set">The vectors.</param>
public sealed unsafe class PairScan(FeatureSet set)
{
    // Rows of a block, and elements of vectors at a time, as for the search of neighbors: they stay in the caches.
    private const int BlockRows = 128, Depth = 128;

    // Cosines held at a time where libtorch forms them: 64 MB of float32.
    private const int PieceElements = 1 << 24;

    /// <summary>Receives the cosines of a row with consecutive later ones.</summary>
    /// <param name="worker">Which thread this is, from 0.</param>
    /// <param name="row">The row.</param>
    /// <param name="firstColumn">The first of the others; greater than the row.</param>
    /// <param name="count">How many others, at least 1.</param>
    /// <param name="cosines">One for each; valid during the call.</param>
    public delegate void Visitor(int worker, int row, int firstColumn, int count, float* cosines);

    /// <summary>How many threads may call a visitor at once.</summary>
    public int Workers { get; init; } = Math.Max(1, get_num_threads());

    /// <summary>Goes through all pairs, in any order and on several threads.</summary>
    /// <param name="visit">Is called until every pair was visited once.</param>
    /// <param name="progress">Receives the finished share of the pairs, 0 to 1; or null.</param>
    /// <param name="cancellationToken">Checked between blocks of rows.</param>
    public void Run(Visitor visit, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (set.Count < 2) return;
        if (Avx512F.IsSupported) RunInTiles(visit, progress, cancellationToken);
        else RunInPieces(visit, progress, cancellationToken);
    }

    /// <summary>Cosines a tile at a time in the processor's cache; needs AVX-512.</summary>
    internal void RunInTiles(Visitor visit, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        const int height = TileProducts.Rows, width = TileProducts.Columns;
        using var keys = new PackedVectors(set, [.. Enumerable.Range(0, set.Count)], width, Workers);
        ForBlocks((worker, first, count) =>
        {
            using var block = new PackedVectors(set, [.. Enumerable.Range(first, count)], height, workers: 1);
            var tile = stackalloc float[height * width];
            for (var group = first / width; group < keys.Groups; group++)
            {
                var columns = Math.Min(width, set.Count - group * width);
                for (var strip = 0; strip < block.Groups; strip++)
                {
                    for (var start = 0; start < set.Dimension; start += Depth)
                        TileProducts.Sideways(block.Group(strip) + start * height, height, keys.Group(group) + start * width,
                            Math.Min(Depth, set.Dimension - start), tile, width, add: start > 0);
                    for (var i = 0; i < Math.Min(height, count - strip * height); i++)
                        Tell(visit, worker, first + strip * height + i, group * width, columns, tile + i * width);
                }
            }
        }, progress, cancellationToken);
    }

    /// <summary>Cosines by libtorch.</summary>
    internal void RunInPieces(Visitor visit, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var keys = FeatureTensors.Slice(set, 0, set.Count); // [n, d]
        FeatureTensors.NormalizeRows(keys);
        var size = Math.Clamp(PieceElements / set.Count, 1, 1024);
        for (var first = 0; first < set.Count; first += size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (start, count) = (first, Math.Min(size, set.Count - first));
            var later = keys.narrow(0, start, set.Count - start); // [m, d]
            var cosines = keys.narrow(0, start, count).mm(later.t()); // [B, m]
            var address = (nint)PackedRows.Address(cosines);
            var next = -1;
            Parallel.For(0, Math.Min(Workers, count), worker =>
            {
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                    Tell(visit, worker, start + i, start, set.Count - start, (float*)address + (long)i * (set.Count - start));
            });
            progress?.Report(Share(start + count));
        }
    }

    private static void Tell(Visitor visit, int worker, int row, int firstColumn, int count, float* cosines)
    {
        var skipped = Math.Max(0, row + 1 - firstColumn);
        if (skipped < count) visit(worker, row, firstColumn + skipped, count - skipped, cosines + skipped);
    }

    // Early rows have more later ones than late rows: blocks are handed out in their order.
    private void ForBlocks(Action<int, int, int> work, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        const int size = BlockRows;
        var blocks = (set.Count - 1) / size + 1;
        var next = -1;
        Parallel.For(0, Math.Min(Workers, blocks), worker =>
        {
            for (var i = Interlocked.Increment(ref next); i < blocks; i = Interlocked.Increment(ref next))
            {
                if (cancellationToken.IsCancellationRequested) return;
                work(worker, i * size, Math.Min(size, set.Count - i * size));
                progress?.Report(Share(Math.Min(set.Count, (i + 1) * size)));
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The share of all pairs whose first is one of the first rows.</summary>
    private double Share(int rows) => 1 - Math.Pow(1 - (double)rows / set.Count, 2);
}
