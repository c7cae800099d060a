using TorchSharp;

namespace SimClr.Data;

/// <summary>Batch memory that libtorch allocated.</summary>
internal sealed class TensorBuffer : BatchBuffer
{
    private readonly torch.Tensor _elements;
    private readonly nint _start;
    private readonly int _elementBytes;

    /// <param name="elements">All elements, <c>[n]</c>; this takes ownership.</param>
    /// <param name="isPageLocked">Whether the memory is page-locked.</param>
    public unsafe TensorBuffer(torch.Tensor elements, bool isPageLocked)
    {
        _elements = elements.DetachFromDisposeScope();
        _elementBytes = (int)elements.ElementSize;
        IsPageLocked = isPageLocked;
        using var first = elements.narrow(0, 0, 1); // the span of all of them may be longer than a span can be
        fixed (byte* start = first.bytes) _start = (nint)start;
    }

    public override bool IsPageLocked { get; }

    public override unsafe Span<byte> Bytes(long first, int count) =>
        new((byte*)_start + first * _elementBytes, checked(count * _elementBytes));

    public override torch.Tensor Elements(long first, long count) => _elements.narrow(0, first, count);
}
