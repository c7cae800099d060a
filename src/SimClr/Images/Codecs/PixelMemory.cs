using System.Buffers;
using System.Runtime.InteropServices;

namespace SimClr.Images;

/// <summary>
/// Memory for the time of one image. Pools keep arrays for each thread, which is good for small images; large ones are in
/// the C heap, so that what they took can be given back. Values are undefined at first.
/// </summary>
internal sealed unsafe class PixelMemory : IDisposable
{
    private const int LongestPooled = 1 << 20;

    private readonly int _length;
    private byte[]? _pooled;
    private void* _native;

    /// <param name="length">In bytes.</param>
    /// <exception cref="OutOfMemoryException">There is not so much memory.</exception>
    public PixelMemory(int length)
    {
        _length = length;
        if (length <= LongestPooled) _pooled = ArrayPool<byte>.Shared.Rent(length);
        else _native = NativeMemory.Alloc((nuint)length);
    }

    /// <summary>The memory, until it is disposed.</summary>
    public Span<byte> Span => _pooled is { } array ? array.AsSpan(0, _length) : new Span<byte>(_native, _length);

    public void Dispose()
    {
        if (_pooled is { } array) ArrayPool<byte>.Shared.Return(array);
        NativeMemory.Free(_native);
        _pooled = null;
        _native = null;
    }
}
