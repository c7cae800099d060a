using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SimClr.Numerics;

namespace SimClr.Features;

/// <summary>
/// The k nearest of what is offered to each of some queries. Similarities are compared with the k-th best so far, a vector of
/// them at a time, and hardly any passes; those that do are collected, and whenever there is no room for more the k best are
/// kept. Rows of the bank must be offered in their order, so that the first of equally near ones stays.
/// </summary>
internal sealed unsafe class NearestLists
{
    // The k best are selected again after at least this number of further candidates.
    private const int MinMore = 64;

    private readonly int _k, _room;
    private readonly ulong[] _keys;
    private readonly int[] _counts;
    private readonly float[] _thresholds;

    /// <param name="queries">Number of queries.</param>
    /// <param name="k">Neighbors of each, no more than there are.</param>
    /// <param name="bank">How many vectors will be offered at most.</param>
    public NearestLists(int queries, int k, int bank)
    {
        (_k, _room) = (k, Room(k, bank));
        _keys = new ulong[checked(queries * _room)];
        _counts = new int[queries];
        _thresholds = new float[queries];
        Clear();
    }

    /// <summary>Entries that a query takes.</summary>
    public static int Room(int k, int bank) => (int)Math.Min(bank, (long)k + Math.Max(k, MinMore));

    /// <summary>Forgets all, for other queries.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Array.Fill(_thresholds, float.NegativeInfinity);
    }

    /// <summary>Offers consecutive rows of the bank.</summary>
    /// <param name="query">To which query.</param>
    /// <param name="similarities">One for each row; finite.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstRow">The first row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(int query, float* similarities, int count, int firstRow)
    {
        var column = 0;
        for (; column <= count - Vector512<float>.Count; column += Vector512<float>.Count)
        {
            var threshold = Vector512.Create(_thresholds[query]);
            var passing = Vector512.GreaterThan(Vector512.Load(similarities + column), threshold).ExtractMostSignificantBits();
            if (passing != 0) Add(query, similarities + column, firstRow + column, passing);
        }
        if (column < count) Add(query, similarities + column, firstRow + column, (1UL << (count - column)) - 1);
    }

    /// <summary>The nearest of a query, nearest first; valid until the next one is asked for or offered to.</summary>
    public ReadOnlySpan<ulong> Nearest(int query)
    {
        var list = List(query)[.._counts[query]];
        Selection.Greatest(list, Math.Min(_k, list.Length));
        list = list[..Math.Min(_k, list.Length)];
        list.Sort();
        list.Reverse();
        return list;
    }

    private Span<ulong> List(int query) => _keys.AsSpan(query * _room, _room);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(int query, float* similarities, int firstRow, ulong passing)
    {
        var list = List(query);
        ref var count = ref _counts[query];
        for (; passing != 0; passing &= passing - 1)
        {
            var i = BitOperations.TrailingZeroCount(passing);
            if (!(similarities[i] > _thresholds[query])) continue; // it has risen meanwhile
            if (count == _room)
            {
                Selection.Greatest(list, _k);
                count = _k;
                var kth = ulong.MaxValue;
                foreach (var key in list[.._k]) kth = Math.Min(kth, key);
                _thresholds[query] = new Neighbor(kth).Similarity;
                if (!(similarities[i] > _thresholds[query])) continue;
            }
            list[count++] = new Neighbor(similarities[i], firstRow + i).Key;
        }
    }
}
