namespace SimClr.Features;

/// <summary>
/// A vector of the bank and its similarity to a query in one number, which orders neighbors: the greater is the nearer, and of
/// equally near ones the one that comes first in the bank.
/// </summary>
/// <param name="Key">The similarity's bits, made to order like an unsigned number, above the complement of the row.</param>
public readonly record struct Neighbor(ulong Key)
{
    /// <param name="similarity">Its cosine with the query.</param>
    /// <param name="row">Which of the searched rows.</param>
    public Neighbor(float similarity, int row) : this((ulong)Ordered(similarity) << 32 | ~(uint)row)
    {
    }

    /// <summary>Which of the searched rows.</summary>
    public int Row => (int)~(uint)Key;

    /// <summary>Its cosine with the query.</summary>
    public float Similarity
    {
        get
        {
            var ordered = (uint)(Key >> 32);
            return BitConverter.UInt32BitsToSingle((int)ordered < 0 ? ordered ^ 0x8000_0000 : ~ordered);
        }
    }

    private static uint Ordered(float similarity)
    {
        var bits = BitConverter.SingleToUInt32Bits(similarity + 0f); // -0 and 0 are equally near
        return (int)bits < 0 ? ~bits : bits ^ 0x8000_0000;
    }
}
