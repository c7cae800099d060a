using System.Runtime.Intrinsics.X86;
using SimClr.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// Finds for each query the k vectors of a bank with the greatest cosine similarity, exactly. Similarities are formed piece by
/// piece and dropped when they have been compared: memory grows as bank and queries do, not as their product.
/// </summary>
/// <param name="bank">The vectors that are searched.</param>
/// <param name="rows">Which of them.</param>
/// <param name="k">Neighbors of each query, no more than there are rows.</param>
public sealed unsafe class NearestNeighborSearch(FeatureSet bank, int[] rows, int k)
{
    // Queries of a block, and elements of vectors at a time: a group of the bank over this depth and the products, 16 KB each,
    // stay in the first cache, and the block in the second.
    private const int BlockQueries = 128, Depth = 128;

    private const int CacheLine = 64;

    // Bound on the lists of a worker, which matters where k is in the thousands.
    private const int BlockEntries = 1 << 21;

    // Similarities held at a time where libtorch forms them: 64 MB of float32.
    private const int PieceElements = 1 << 24;

    /// <summary>Receives a query's neighbors, nearest first: keys of <see cref="Neighbor"/>, valid during the call.</summary>
    /// <param name="query">The query.</param>
    /// <param name="worker">Which thread this is, from 0.</param>
    /// <param name="neighbors">k of them; their rows count in the given rows.</param>
    public delegate void Visitor(int query, int worker, ReadOnlySpan<ulong> neighbors);

    /// <summary>How many threads may call a visitor at once.</summary>
    public int Workers { get; init; } = Math.Max(1, get_num_threads());

    /// <summary>Goes through the queries, in any order and on several threads.</summary>
    /// <param name="queries">All of these are queries.</param>
    /// <param name="device">Where similarities are formed.</param>
    /// <param name="visit">Is called once for each.</param>
    public void Run(FeatureSet queries, Device device, Visitor visit)
    {
        if (device.type == DeviceType.CPU && Avx512F.IsSupported) RunInTiles(queries, visit);
        else RunInPieces(queries, device, visit);
    }

    /// <summary>
    /// Similarities a tile at a time in the processor's cache; needs AVX-512. The same on any number of threads.
    /// </summary>
    internal void RunInTiles(FeatureSet queries, Visitor visit)
    {
        const int height = TileProducts.Rows, width = TileProducts.Columns;
        using var keys = new PackedVectors(bank, rows, width, Workers);
        using var packed = new PackedVectors(queries, [.. Enumerable.Range(0, queries.Count)], height, Workers);
        var share = (packed.Groups - 1) / Workers + 1;
        var most = Math.Max(1, BlockEntries / NearestLists.Room(k, rows.Length) / height);
        var blockGroups = Math.Min(BlockQueries / height, Math.Min(share, most));
        ForEach((packed.Groups - 1) / blockGroups + 1, () => new NearestLists(blockGroups * height, k, rows.Length),
            (block, worker, lists) =>
        {
            var (first, groups) = (block * blockGroups, Math.Min(blockGroups, packed.Groups - block * blockGroups));
            var stack = stackalloc float[BlockQueries * width + CacheLine / sizeof(float)];
            var tile = (float*)(((nint)stack + CacheLine - 1) & -CacheLine);
            lists.Clear();
            for (var group = 0; group < keys.Groups; group++)
            {
                Form(packed, first, groups, keys.Group(group), tile);
                var columns = Math.Min(width, rows.Length - group * width);
                for (var row = 0; row < groups * height; row++) lists.Offer(row, tile + row * width, columns, group * width);
            }
            var count = Math.Min(groups * height, queries.Count - first * height);
            for (var row = 0; row < count; row++) visit(first * height + row, worker, lists.Nearest(row));
        });
    }

    /// <summary>Similarities by libtorch, on any device.</summary>
    internal void RunInPieces(FeatureSet queries, Device device, Visitor visit)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var keys = Normalized(FeatureTensors.Gather(bank, rows), device); // [n, d]
        var size = Math.Clamp(PieceElements / rows.Length, 1, 1024);
        for (var start = 0; start < queries.Count; start += size)
        {
            using var inner = NewDisposeScope();
            var (first, count) = (start, Math.Min(size, queries.Count - start));
            var query = Normalized(FeatureTensors.Slice(queries, first, count), device); // [B, d]
            var similarities = query.mm(keys.t()).cpu(); // [B, n]
            var address = (nint)PackedRows.Address(similarities);
            ForEach(count, () => new NearestLists(1, k, rows.Length), (row, worker, lists) =>
            {
                lists.Clear();
                lists.Offer(0, (float*)address + (long)row * rows.Length, rows.Length, 0);
                visit(first + row, worker, lists.Nearest(0));
            });
        }
    }

    /// <summary>Products of some groups of queries with one group of the bank: <c>[groups·8, 32]</c>.</summary>
    private void Form(PackedVectors queries, int first, int groups, float* keys, float* tile)
    {
        const int height = TileProducts.Rows, width = TileProducts.Columns;
        for (var start = 0; start < bank.Dimension; start += Depth)
        {
            var depth = Math.Min(Depth, bank.Dimension - start);
            for (var group = 0; group < groups; group++)
                TileProducts.Sideways(queries.Group(first + group) + start * height, height, keys + start * width, depth,
                    tile + group * height * width, width, add: start > 0);
        }
    }

    private void ForEach(int count, Func<NearestLists> allocate, Action<int, int, NearestLists> work)
    {
        var next = -1;
        void Work(int worker)
        {
            var lists = allocate();
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next)) work(i, worker, lists);
        }
        var workers = Math.Min(Workers, count);
        if (workers == 1) Work(0);
        else Parallel.For(0, workers, Work);
    }

    private static Tensor Normalized(Tensor vectors, Device device)
    {
        FeatureTensors.NormalizeRows(vectors);
        return vectors.to(device);
    }
}
