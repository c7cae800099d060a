using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimClr.Augmentation;

/// <summary>Sixteen floats.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> v) : ILanes<Lanes512>
{
    private readonly Vector512<float> _v = v;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBytes(byte* source)
    {
        if (Avx512F.IsSupported)
            return new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));
        var words = Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()); // 16 of 16 bits
        return new(Vector512.ConvertToSingle(Vector512.WidenLower(words.ToVector512Unsafe()).AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _v.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBFloat16(ushort* destination)
    {
        var bits = _v.AsUInt32();
        bits = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256UInt16(bits).Store(destination);
        else Vector512.Narrow(bits, bits).GetLower().Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._v + right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._v - right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._v * right._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Vector512.MultiplyAddEstimate(a._v, b._v, c._v));

    // The native forms differ from Min and Max only for NaN and signed zeros, which images do not have.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left._v, right._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._v, right._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 value) => new(Vector512.Abs(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Equal(Lanes512 left, Lanes512 right) => new(Vector512.Equals(left._v, right._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 set, Lanes512 unset) =>
        new(Vector512.ConditionalSelect(mask._v, set._v, unset._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Shuffle(Lanes512 value, Lanes512 indices) =>
        new(Vector512.ShuffleNative(value._v, indices._v.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Shuffle(Lanes512 low, Lanes512 high, Lanes512 indices)
    {
        if (Avx512F.IsSupported)
            return new(Avx512F.PermuteVar16x32x2(low._v, indices._v.AsInt32(), high._v));
        var wanted = indices._v.AsInt32();
        var lane = wanted & Vector512.Create(Count - 1);
        var isLow = Vector512.Equals(wanted & Vector512.Create(Count), Vector512<int>.Zero).AsSingle();
        return new(Vector512.ConditionalSelect(
            isLow, Vector512.ShuffleNative(low._v, lane), Vector512.ShuffleNative(high._v, lane)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 IsBelow(Lanes512 indices, int bound) =>
        new(Vector512.LessThan(indices._v.AsInt32(), Vector512.Create(bound)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) => Vector512.Sum(value._v);
}
