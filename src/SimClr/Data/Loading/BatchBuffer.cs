using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Native;
using TorchSharp;

namespace SimClr.Data;

/// <summary>Memory of one batch that stays in its place and begins at a multiple of 64 bytes. The content is undefined.</summary>
internal abstract class BatchBuffer
{
    public const int Alignment = 64;

    /// <summary>Whether a GPU can copy from this memory by itself.</summary>
    public abstract bool IsPageLocked { get; }

    /// <summary>How views are stored.</summary>
    public required PixelFormat Format { get; init; }

    /// <summary>The bytes of one row.</summary>
    public abstract Span<byte> View(int row);

    /// <summary>A tensor <c>[count]</c> that shares the memory from its beginning and keeps it alive; the caller's.</summary>
    public abstract torch.Tensor Elements(long count);

    /// <summary>New memory.</summary>
    /// <param name="rows">Number of views.</param>
    /// <param name="viewLength">Elements of one view.</param>
    /// <param name="format">How views are stored.</param>
    /// <param name="pageLocked">Whether it shall be page-locked, which needs a GPU.</param>
    public static BatchBuffer Allocate(int rows, int viewLength, PixelFormat format, bool pageLocked)
    {
        if (pageLocked) return PageLocked(rows, viewLength, format);
        return format.Type == PixelType.BFloat16
            ? new ManagedBuffer<BFloat16>(rows, viewLength, torch.ScalarType.BFloat16) { Format = format }
            : new ManagedBuffer<float>(rows, viewLength, torch.ScalarType.Float32) { Format = format };
    }

    private static TensorBuffer PageLocked(int rows, int viewLength, PixelFormat format)
    {
        TorchRuntime.EnsureLoaded();
        var type = format.Type == PixelType.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        using var pageable = torch.empty((long)rows * viewLength, type);
        return new TensorBuffer(pageable.pin_memory(), viewLength, isPageLocked: true) { Format = format };
    }

    /// <summary>
    /// An array that the collector does not move. Its type is the elements', because TorchSharp shares an array with a tensor of
    /// its own type and copies it for any other.
    /// </summary>
    private sealed class ManagedBuffer<T> : BatchBuffer where T : unmanaged
    {
        private readonly T[] _array;
        private readonly int _viewLength, _first;
        private readonly torch.ScalarType _type;

        public unsafe ManagedBuffer(int rows, int viewLength, torch.ScalarType type)
        {
            (_viewLength, _type) = (viewLength, type);
            _array = GC.AllocateUninitializedArray<T>(checked(rows * viewLength + Alignment / sizeof(T)), pinned: true);
            var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
            var past = (int)(address % Alignment);
            _first = past == 0 ? 0 : (Alignment - past) / sizeof(T);
        }

        public override bool IsPageLocked => false;

        public override Span<byte> View(int row) =>
            MemoryMarshal.AsBytes(_array.AsSpan(_first + row * _viewLength, _viewLength));

        public override torch.Tensor Elements(long count)
        {
            TorchRuntime.EnsureLoaded();
            return torch.frombuffer(_array, _type, count, _first);
        }
    }
}
