using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimClr.Native;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// s(i, k) = xᵢ·xₖ/τ of all pairs of V·N rows, formed a tile of 128 × 128 at a time and never kept. As s is symmetric, only
/// tiles on and above the diagonal are formed; a tile serves its rows and its columns. Float32 on a processor with AVX-512.
/// </summary>
internal sealed unsafe class SimilarityTiles : IDisposable
{
    private const int Tile = 128;

    // Tiles that one thread works on in a row share their rows, which stay in its second-level cache: 4 × 4 of them at most. The
    // number depends on the rows alone, since it decides the order of sums.
    private const int MaxTilesOfBlock = 4, MinBlocks = 16;

    private const int Stride = Tile + 16;   // rows of a tile lie apart by more than a power of two, which caches prefer
    private const float WidestCommon = 40;  // |s| up to this differ by e⁸⁰ at most, which float32 holds

    private readonly PackedRows _rows;
    private readonly Tensor _scratch;
    private readonly float _inverseTemperature;
    private readonly bool _withPartner;
    private readonly int _n, _views, _tilesOfBlock, _blocks, _workers;
    private readonly long _columns;
    private readonly float? _commonShift;

    /// <param name="x">Float32 <c>[V·N, D]</c> on the processor.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="withPartner">Whether a row's partners are among its candidates.</param>
    /// <param name="views">V; i, i+N, i+2N, … are partners.</param>
    public SimilarityTiles(Tensor x, double temperature, bool withPartner, int views = 2)
    {
        using var scope = NewDisposeScope();
        (_inverseTemperature, _withPartner) = ((float)(1 / temperature), withPartner);
        (_n, _views) = ((int)(x.shape[0] / views), views);
        _columns = x.shape[1];
        _rows = new PackedRows(x.detach(), Tile);
        _tilesOfBlock = Math.Clamp(_rows.Tiles / MinBlocks, 1, MaxTilesOfBlock);
        _blocks = (_rows.Tiles - 1) / _tilesOfBlock + 1;
        _workers = Math.Clamp(get_num_threads(), 1, (_blocks + 1) / 2);
        _scratch = empty(_workers * Tile * Stride).DetachFromDisposeScope();
        var longest = x.detach().norm(dim: 1).amax().item<float>();
        var bound = longest * longest * _inverseTemperature;
        _commonShift = bound <= WidestCommon ? bound : null;
    }

    /// <summary>Whether this machine can do it.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>The statistics of each row; tensors <c>[V·N]</c> of the caller's dispose scope.</summary>
    public Denominators Compare()
    {
        var tallies = new ExponentialSums(_rows.PaddedCount, _commonShift, _views - 1);
        ForEachTile((first, second, worker) =>
        {
            var s = Form(first, second, worker);
            Exclude(s, first, second, tallies.Partners);
            if (_commonShift is { } shift) Tally(s, first, second, tallies, shift);
            else TallyWide(s, first, second, tallies);
        });
        return tallies.Read(_rows.Count, _withPartner);
    }

    /// <summary>The gradient of the rows.</summary>
    /// <param name="logSumExp">The result of <see cref="Compare"/>, <c>[V·N]</c>.</param>
    /// <param name="gradient">That of the log-sum-exps, <c>[V·N]</c>.</param>
    /// <returns><c>[V·N, D]</c>, of the caller's dispose scope.</returns>
    public Tensor Gradient(Tensor logSumExp, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var weights = new RowWeights(logSumExp, gradient, _rows.PaddedCount, _commonShift);
        var sums = zeros((long)_rows.Panels * _rows.PaddedCount * TileProducts.Columns);
        var address = (nint)PackedRows.Address(sums);
        ForEachTile((first, second, worker) =>
        {
            var s = Form(first, second, worker);
            Exclude(s, first, second, partners: null);
            weights.Apply(s, Stride, Tile, first * Tile, second * Tile, _inverseTemperature);
            AddProducts(s, first, second, (float*)address);
        });
        return sums.view(_rows.Panels, _rows.PaddedCount, TileProducts.Columns)                            // [D/32, R, 32]
            .permute(1, 0, 2).reshape(_rows.PaddedCount, -1)                                               // [R, D']
            .narrow(0, 0, _rows.Count).narrow(1, 0, _columns)// [V·N, D]
            .mul_(Scalars.Of(_inverseTemperature)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _rows.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Calls for every tile on and above the diagonal, with two of them at once only where they share no rows.</summary>
    private void ForEachTile(TileSchedule.Work work) => TileSchedule.Run(_blocks, _workers, (one, other, worker) =>
    {
        for (var first = one * _tilesOfBlock; first < EndOf(one); first++)
            for (var second = Math.Max(first, other * _tilesOfBlock); second < EndOf(other); second++)
                work(first, second, worker);
    });

    private int EndOf(int block) => Math.Min(_rows.Tiles, (block + 1) * _tilesOfBlock);

    /// <summary>xᵢ·xₖ of two tiles' rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float* Form(int first, int second, int worker)
    {
        var s = PackedRows.Address(_scratch) + (long)worker * Tile * Stride;
        for (var column = 0; column < Tile; column += TileProducts.Columns)
        {
            var b = _rows.Group(second * Tile + column);
            for (var row = 0; row < Tile; row += TileProducts.Rows)
            {
                var a = _rows.Group(first * Tile + row / TileProducts.Columns * TileProducts.Columns)
                    + row % TileProducts.Columns;
                TileProducts.Sideways(a, TileProducts.Columns, b, _rows.Dimension, s + row * Stride + column, Stride, add: false);
            }
        }
        return s;
    }

    /// <summary>
    /// Writes <see cref="ExponentialSums.Never"/> over what is no candidate: a row itself, what lies behind the last row and,
    /// while counting or where they are left out, the partners, of which the similarities are noted.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Exclude(float* tile, int first, int second, float[][]? partners)
    {
        var (top, left) = (first * Tile, second * Tile);
        var (rows, columns) = (Math.Min(Tile, _rows.Count - top), Math.Min(Tile, _rows.Count - left));
        for (var row = rows; row < Tile; row++) new Span<float>(tile + row * Stride, Tile).Fill(ExponentialSums.Never);
        for (var row = 0; row < rows; row++)
        {
            var line = tile + row * Stride;
            if (first == second) line[row] = ExponentialSums.Never;
            for (var column = columns; column < Tile; column++) line[column] = ExponentialSums.Never;
            if (partners is null && _withPartner) continue;
            var other = top + row;
            for (var shift = 1; shift < _views; shift++)
            {
                other = other + _n < _rows.Count ? other + _n : other + _n - _rows.Count;
                if (other < left || other >= left + columns) continue;
                if (partners is not null)
                {
                    // As far as the other is behind this row, this row is behind the other, all the way round.
                    var s = line[other - left] * _inverseTemperature;
                    partners[shift - 1][top + row] = partners[_views - shift - 1][other] = s;
                }
                line[other - left] = ExponentialSums.Never;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tally(float* s, int first, int second, ExponentialSums tallies, float shift)
    {
        var columns = stackalloc float[3 * Tile];
        float* columnSums = columns, columnWeighted = columns + Tile, columnLargest = columns + 2 * Tile;
        new Span<float>(columnSums, 2 * Tile).Clear();
        new Span<float>(columnLargest, Tile).Fill(ExponentialSums.Never);
        var (scale, shifts) = (Vector512.Create(_inverseTemperature), Vector512.Create(shift));
        for (var row = 0; row < Tile; row += 2)
        {
            var (sum0, sum1, weighted0, weighted1) =
                (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var (largest0, largest1) = (Vector512.Create(ExponentialSums.Never), Vector512.Create(ExponentialSums.Never));
            for (float* at = s + row * Stride, end = at + Tile, sums = columnSums; at < end; at += 16, sums += 16)
            {
                var (v0, v1) = (Vector512.Load(at) * scale, Vector512.Load(at + Stride) * scale);
                var (e0, e1) = (TileExponential.Exp(v0 - shifts), TileExponential.Exp(v1 - shifts));
                sum0 += e0;
                sum1 += e1;
                weighted0 = Avx512F.FusedMultiplyAdd(e0, v0, weighted0);
                weighted1 = Avx512F.FusedMultiplyAdd(e1, v1, weighted1);
                largest0 = Avx512F.Max(largest0, v0);
                largest1 = Avx512F.Max(largest1, v1);
                (Vector512.Load(sums) + (e0 + e1)).Store(sums);
                var weighted = Avx512F.FusedMultiplyAdd(e1, v1, Vector512.Load(sums + Tile));
                Avx512F.FusedMultiplyAdd(e0, v0, weighted).Store(sums + Tile);
                Avx512F.Max(Vector512.Load(sums + 2 * Tile), Avx512F.Max(v0, v1)).Store(sums + 2 * Tile);
            }
            tallies.Raise(first * Tile + row, Largest(largest0));
            tallies.Raise(first * Tile + row + 1, Largest(largest1));
            tallies.Add(first * Tile + row, Vector512.Sum(sum0), Vector512.Sum(weighted0));
            tallies.Add(first * Tile + row + 1, Vector512.Sum(sum1), Vector512.Sum(weighted1));
        }
        if (first == second) return; // its rows have seen both orders
        for (var column = 0; column < Tile; column++)
        {
            tallies.Raise(second * Tile + column, columnLargest[column]);
            tallies.Add(second * Tile + column, columnSums[column], columnWeighted[column]);
        }
    }

    /// <summary>The same where each row has a shift of its own, its largest s so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TallyWide(float* s, int first, int second, ExponentialSums tallies)
    {
        var columns = stackalloc float[3 * Tile];
        float* columnSums = columns, columnWeighted = columns + Tile, columnLargest = columns + 2 * Tile;
        new Span<float>(columnSums, 2 * Tile).Clear();
        new Span<float>(columnLargest, Tile).Fill(ExponentialSums.Never);
        var scale = Vector512.Create(_inverseTemperature);
        for (var row = 0; row < Tile; row++)
        {
            var line = s + row * Stride;
            var largest = Vector512.Create(ExponentialSums.Never);
            for (var column = 0; column < Tile; column += 16)
            {
                var v = Vector512.Load(line + column) * scale;
                v.Store(line + column);
                largest = Avx512F.Max(largest, v);
                Avx512F.Max(Vector512.Load(columnLargest + column), v).Store(columnLargest + column);
            }
            tallies.Raise(first * Tile + row, Largest(largest));
        }
        for (var column = 0; first != second && column < Tile; column++)
        {
            tallies.Raise(second * Tile + column, columnLargest[column]);
            columnLargest[column] = tallies.Largest[second * Tile + column];
        }
        for (var row = 0; row < Tile; row++)
        {
            var line = s + row * Stride;
            var shift = Vector512.Create(tallies.Largest[first * Tile + row]);
            var (sum, weighted) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var column = 0; column < Tile; column += 16)
            {
                var v = Vector512.Load(line + column);
                var e = TileExponential.Exp(v - shift);
                sum += e;
                weighted = Avx512F.FusedMultiplyAdd(e, v, weighted);
                if (first == second) continue;
                e = TileExponential.Exp(v - Vector512.Load(columnLargest + column));
                (Vector512.Load(columnSums + column) + e).Store(columnSums + column);
                Avx512F.FusedMultiplyAdd(e, v, Vector512.Load(columnWeighted + column)).Store(columnWeighted + column);
            }
            tallies.Add(first * Tile + row, Vector512.Sum(sum), Vector512.Sum(weighted));
        }
        for (var column = 0; first != second && column < Tile; column++)
            tallies.Add(second * Tile + column, columnSums[column], columnWeighted[column]);
    }

    /// <summary>Adds W·X of the second block to the sums of the first, and Wᵀ·X of the first to those of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddProducts(float* w, int first, int second, float* sums)
    {
        const int rows = TileProducts.Rows, columns = TileProducts.Columns;
        for (var panel = 0; panel < _rows.Panels; panel++)
        {
            var target = sums + (long)panel * _rows.PaddedCount * columns;
            float* a = _rows.Panel(panel, first * Tile), b = _rows.Panel(panel, second * Tile);
            for (var row = 0; row < Tile; row += rows)
                TileProducts.Upright(w + row * Stride, Stride, b, Tile, target + (long)(first * Tile + row) * columns, columns,
                    add: true);
            for (var row = 0; first != second && row < Tile; row += rows)
                TileProducts.Sideways(w + row, Stride, a, Tile, target + (long)(second * Tile + row) * columns, columns,
                    add: true);
        }
    }

    private static float Largest(Vector512<float> v)
    {
        var half = Vector256.Max(v.GetLower(), v.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(quarter[0], quarter[1]);
    }
}
