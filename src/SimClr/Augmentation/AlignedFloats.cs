using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>
/// Floats that begin at a multiple of 64 bytes, so that no vector straddles two cache lines, and that the collector never
/// moves. They grow and are used again; before anything is written to them they are 0.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;

    private float[] _array = [];
    private int _offset;

    /// <summary>At least so many; the content is undefined, but was written by somebody or is 0.</summary>
    public float* Reserve(int length)
    {
        if (_array.Length - _offset < length)
        {
            _array = GC.AllocateArray<float>(checked(length + Alignment / sizeof(float)), pinned: true);
            var address = (nuint)Unsafe.AsPointer(ref _array[0]);
            _offset = (int)((Alignment - address % Alignment) % Alignment) / sizeof(float);
        }
        return Pointer;
    }

    /// <summary>The first of them; valid as long as this object lives and does not grow.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref _array[_offset]);

    public Span<float> Slice(int start, int length) => _array.AsSpan(_offset + start, length);
}
