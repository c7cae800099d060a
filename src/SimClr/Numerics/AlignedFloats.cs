using System.Runtime.CompilerServices;
using SimClr.Native;

namespace SimClr.Numerics;

/// <summary>
/// Floats that begin at a multiple of 64 bytes, so that no vector straddles two cache lines, and that the collector never
/// moves. The memory grows and is used again; new memory is 0. Large blocks lie in huge pages: with them, rendering with blur at
/// 224 px on two cores is a sixth faster (12,700 against 10,900 views/s), and equally fast in every run.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;
    private const int Many = HugePages.Size / 8; // bytes from which a page of their own is worth it

    private float[] _array = [];
    private int _offset;

    /// <summary>At least <paramref name="length"/> floats. Their content is undefined: 0, or what an earlier use wrote.</summary>
    public float* Reserve(int length)
    {
        if (_array.Length - _offset < length)
        {
            var unit = (length < Many / sizeof(float) ? Alignment : HugePages.Size) / sizeof(float);
            var whole = checked(length + unit - 1) / unit * unit; // a page that is shared with a neighbor could not be huge
            _array = GC.AllocateUninitializedArray<float>(checked(whole + unit), pinned: true);
            var past = (int)((nuint)Unsafe.AsPointer(ref _array[0]) / sizeof(float) % (nuint)unit);
            _offset = past == 0 ? 0 : unit - past;
            if (unit > Alignment) HugePages.Request(Pointer, (nuint)whole * sizeof(float));
            Array.Clear(_array, _offset, whole);
        }
        return Pointer;
    }

    /// <summary>The first of them; valid as long as this object lives and does not grow.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref _array[_offset]);

    public Span<float> Slice(int start, int length) => _array.AsSpan(_offset + start, length);

    /// <summary>The same for code without pointers; valid as <see cref="Pointer"/> is.</summary>
    public Memory<float> Block(int length)
    {
        if (length > 0) Reserve(length);
        return _array.AsMemory(_offset, length);
    }
}
