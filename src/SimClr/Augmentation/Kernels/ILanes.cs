namespace SimClr.Augmentation;

/// <summary>
/// Some float32 numbers that are worked on at once. The kernels are written once, over this, and compiled for each width: a
/// static abstract member of a struct is resolved by the compiler, and costs nothing.
/// </summary>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>How many; a power of two.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf All(float value);

    /// <summary>As many floats as there are lanes, from any address.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>As many bytes as there are lanes, 0..255 each, as floats.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>Writes the floats, to any address.</summary>
    void Store(float* destination);

    /// <summary>Writes the nearest bfloat16s, ties to even; NaN is not looked after.</summary>
    void StoreBFloat16(ushort* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary><c>a · b + c</c>, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Min(TSelf left, TSelf right);

    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Abs(TSelf value);

    /// <summary>All bits set where equal: a mask for <see cref="Select"/>.</summary>
    static abstract TSelf Equal(TSelf left, TSelf right);

    /// <summary>The first where the mask is set, the second where it is not.</summary>
    static abstract TSelf Select(TSelf mask, TSelf set, TSelf unset);

    /// <summary>Lane i of the result is lane <c>indices[i]</c>; the indices are int32 bits, below <see cref="Count"/>.</summary>
    static abstract TSelf Shuffle(TSelf value, TSelf indices);

    /// <summary>The same out of two; the indices count modulo twice <see cref="Count"/>.</summary>
    static abstract TSelf Shuffle(TSelf low, TSelf high, TSelf indices);

    /// <summary>All bits set where an index is below a bound.</summary>
    static abstract TSelf IsBelow(TSelf indices, int bound);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TSelf value);
}
