using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace SimClr.Contrastive;

/// <summary>
/// s(i, k) = xᵢ·xₖ/τ of all pairs of 2N rows, formed a tile of 128 × 128 at a time and never kept. As s is symmetric, only tiles on
/// and above the diagonal are formed; a tile serves its rows and its columns. Float32 on a processor with AVX-512.
/// </summary>
internal sealed unsafe class SimilarityTiles : IDisposable
{
    private const int Tile = 128;
    private const int Stride = Tile + 16;   // rows of a tile lie apart by more than a power of two, which caches prefer
    private const float WidestCommon = 40;  // |s| up to this differ by e⁸⁰ at most, which float32 holds

    private readonly PackedRows _rows;
    private readonly Tensor _scratch;
    private readonly float _inverseTemperature;
    private readonly bool _withPartner;
    private readonly int _n, _workers;
    private readonly long _columns;
    private readonly float? _commonShift;

    /// <param name="x">Float32 <c>[2N, D]</c> on the processor.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="withPartner">Whether a row's partner is among its candidates.</param>
    public SimilarityTiles(Tensor x, double temperature, bool withPartner)
    {
        using var scope = NewDisposeScope();
        (_inverseTemperature, _withPartner) = ((float)(1 / temperature), withPartner);
        _n = (int)(x.shape[0] / 2);
        _columns = x.shape[1];
        _rows = new PackedRows(x.detach(), Tile);
        _workers = Math.Clamp(get_num_threads(), 1, (_rows.Blocks + 1) / 2);
        _scratch = empty(_workers * Tile * Stride).DetachFromDisposeScope();
        var bound = x.detach().square().sum(dim: 1).amax().item<float>() * _inverseTemperature;
        _commonShift = bound <= WidestCommon ? bound : null;
    }

    /// <summary>Whether this machine can do it.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>What each row sees; tensors <c>[2N]</c> of the caller's dispose scope.</summary>
    public OtherRows Compare()
    {
        var tallies = new RowTallies(_rows.PaddedCount, _commonShift);
        TileSchedule.Run(_rows.Blocks, _workers, (first, second, worker) =>
        {
            var s = Form(first, second, worker);
            Exclude(s, first, second, tallies.Partner);
            if (_commonShift is { } shift) Tally(s, first, second, tallies, shift);
            else TallyWide(s, first, second, tallies);
        });
        return tallies.Read(_rows.Count, _withPartner);
    }

    /// <summary>The gradient of the rows.</summary>
    /// <param name="logSumExp">What <see cref="Compare"/> gave, <c>[2N]</c>.</param>
    /// <param name="gradient">That of the log-sum-exps, <c>[2N]</c>.</param>
    /// <returns><c>[2N, D]</c>, of the caller's dispose scope.</returns>
    public Tensor Gradient(Tensor logSumExp, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var weights = new RowWeights(logSumExp, gradient, _rows.PaddedCount, _commonShift);
        var sums = zeros((long)_rows.Panels * _rows.PaddedCount * TileProducts.Columns);
        var address = (nint)PackedRows.Address(sums);
        TileSchedule.Run(_rows.Blocks, _workers, (first, second, worker) =>
        {
            var s = Form(first, second, worker);
            Exclude(s, first, second, partners: null);
            weights.Apply(s, Stride, Tile, first * Tile, second * Tile, _inverseTemperature);
            for (var row = _rows.Count - first * Tile; row < Tile; row++) new Span<float>(s + row * Stride, Tile).Clear();
            AddProducts(s, first, second, (float*)address);
        });
        return sums.view(_rows.Panels, _rows.PaddedCount, TileProducts.Columns)                            // [D/32, R, 32]
            .permute(1, 0, 2).reshape(_rows.PaddedCount, -1)                                               // [R, D']
            .narrow(0, 0, _rows.Count).narrow(1, 0, _columns).mul(_inverseTemperature).MoveToOuterDisposeScope(); // [2N, D]
    }

    public void Dispose()
    {
        _rows.Dispose();
        _scratch.Dispose();
    }

    /// <summary>xᵢ·xₖ of two blocks.</summary>
    private float* Form(int first, int second, int worker)
    {
        var s = PackedRows.Address(_scratch) + (long)worker * Tile * Stride;
        for (var column = 0; column < Tile; column += TileProducts.Columns)
        {
            var b = _rows.Group(second * Tile + column);
            for (var row = 0; row < Tile; row += TileProducts.Rows)
            {
                var a = _rows.Group(first * Tile + row / TileProducts.Columns * TileProducts.Columns) + row % TileProducts.Columns;
                TileProducts.Sideways(a, TileProducts.Columns, b, _rows.Dimension, s + row * Stride + column, Stride, add: false);
            }
        }
        return s;
    }

    /// <summary>
    /// Writes <see cref="RowTallies.Never"/> over what is no candidate: a row itself, what lies behind the last row and, while
    /// counting or where it is left out, the partner, of which the similarity is noted.
    /// </summary>
    private void Exclude(float* s, int first, int second, float[]? partners)
    {
        var (top, left) = (first * Tile, second * Tile);
        var (rows, columns) = (Math.Min(Tile, _rows.Count - top), Math.Min(Tile, _rows.Count - left));
        for (var row = 0; row < rows; row++)
        {
            var line = s + row * Stride;
            if (first == second) line[row] = RowTallies.Never;
            for (var column = columns; column < Tile; column++) line[column] = RowTallies.Never;
            if (partners is null && _withPartner) continue;
            var other = top + row < _n ? top + row + _n : top + row - _n;
            if (other < left || other >= left + columns) continue;
            if (partners is not null)
                partners[top + row] = partners[other] = line[other - left] * _inverseTemperature;
            line[other - left] = RowTallies.Never;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tally(float* s, int first, int second, RowTallies tallies, float shift)
    {
        var rows = Math.Min(Tile, _rows.Count - first * Tile);
        var columns = stackalloc float[3 * Tile];
        float* columnSums = columns, columnWeighted = columns + Tile, columnLargest = columns + 2 * Tile;
        new Span<float>(columnSums, 2 * Tile).Clear();
        new Span<float>(columnLargest, Tile).Fill(RowTallies.Never);
        var (scale, shifts) = (Vector512.Create(_inverseTemperature), Vector512.Create(shift));
        for (var row = 0; row < rows; row++)
        {
            var line = s + row * Stride;
            var (sum, weighted, largest) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512.Create(RowTallies.Never));
            for (var column = 0; column < Tile; column += 16)
            {
                var v = Vector512.Load(line + column) * scale;
                var e = TileExponential.Exp(v - shifts);
                sum += e;
                weighted = Avx512F.FusedMultiplyAdd(e, v, weighted);
                largest = Avx512F.Max(largest, v);
                (Vector512.Load(columnSums + column) + e).Store(columnSums + column);
                Avx512F.FusedMultiplyAdd(e, v, Vector512.Load(columnWeighted + column)).Store(columnWeighted + column);
                Avx512F.Max(Vector512.Load(columnLargest + column), v).Store(columnLargest + column);
            }
            tallies.Raise(first * Tile + row, Largest(largest));
            tallies.Add(first * Tile + row, Vector512.Sum(sum), Vector512.Sum(weighted));
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
    private void TallyWide(float* s, int first, int second, RowTallies tallies)
    {
        var rows = Math.Min(Tile, _rows.Count - first * Tile);
        var columns = stackalloc float[3 * Tile];
        float* columnSums = columns, columnWeighted = columns + Tile, columnLargest = columns + 2 * Tile;
        new Span<float>(columnSums, 2 * Tile).Clear();
        new Span<float>(columnLargest, Tile).Fill(RowTallies.Never);
        var scale = Vector512.Create(_inverseTemperature);
        for (var row = 0; row < rows; row++)
        {
            var line = s + row * Stride;
            var largest = Vector512.Create(RowTallies.Never);
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
        for (var row = 0; row < rows; row++)
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
    private void AddProducts(float* w, int first, int second, float* sums)
    {
        const int rows = TileProducts.Rows, columns = TileProducts.Columns;
        for (var panel = 0; panel < _rows.Panels; panel++)
        {
            var target = sums + (long)panel * _rows.PaddedCount * columns;
            float* a = _rows.Panel(panel, first * Tile), b = _rows.Panel(panel, second * Tile);
            for (var row = 0; row < Tile; row += rows)
                TileProducts.Upright(w + row * Stride, Stride, b, Tile, target + (long)(first * Tile + row) * columns, columns, add: true);
            for (var row = 0; first != second && row < Tile; row += rows)
                TileProducts.Sideways(w + row, Stride, a, Tile, target + (long)(second * Tile + row) * columns, columns, add: true);
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
