using System.Runtime.InteropServices;
using SimClr.Numerics;

namespace SimClr.Features;

/// <summary>
/// Vectors of Euclidean length 1, some of which lie on their side together: groups <c>[d, width]</c>, as a product of small tiles
/// reads them. Zeros stand in for what is missing of the last group; a vector of zeros stays one.
/// </summary>
internal sealed unsafe class PackedVectors : IDisposable
{
    private const double SmallestNorm = 1e-12;
    private const nuint Alignment = 64;

    private readonly FeatureSet _set;
    private readonly int[] _rows;
    private readonly float* _values;

    /// <param name="set">The vectors; only read.</param>
    /// <param name="rows">Which of them, in which order.</param>
    /// <param name="width">Vectors of a group.</param>
    /// <param name="workers">How many threads may pack at once.</param>
    public PackedVectors(FeatureSet set, int[] rows, int width, int workers)
    {
        (_set, _rows, Width) = (set, rows, width);
        _values = (float*)NativeMemory.AlignedAlloc((nuint)Groups * GroupLength * sizeof(float), Alignment);
        Parallel.For(0, Groups, new ParallelOptions { MaxDegreeOfParallelism = workers }, Pack);
    }

    /// <summary>Number of vectors.</summary>
    public int Count => _rows.Length;

    /// <summary>Vectors of a group.</summary>
    public int Width { get; }

    /// <summary>Number of groups.</summary>
    public int Groups => (Count - 1) / Width + 1;

    private nuint GroupLength => (nuint)_set.Dimension * (nuint)Width;

    /// <summary>Vectors <c>index·Width</c> and following: element j of the i-th is at <c>j·Width + i</c>.</summary>
    public float* Group(int index) => _values + (nuint)index * GroupLength;

    public void Dispose() => NativeMemory.AlignedFree(_values);

    private void Pack(int index)
    {
        var target = new Span<float>(Group(index), (int)GroupLength);
        var first = index * Width;
        var count = Math.Min(Width, Count - first);
        if (count < Width) target.Clear();
        for (var i = 0; i < count; i++)
        {
            var vector = _set.Row(_rows[first + i]);
            var scale = 1 / Math.Max(UnitLength.Norm(vector), SmallestNorm);
            for (var j = 0; j < vector.Length; j++) target[j * Width + i] = (float)(vector[j] * scale);
        }
    }
}
