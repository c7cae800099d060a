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

    /// <summary>As many elements as memory can have.</summary>
    public static int MostElements => Array.MaxLength - Alignment;

    /// <summary>Whether a GPU can copy from this memory by itself.</summary>
    public abstract bool IsPageLocked { get; }

    /// <summary>How views are stored.</summary>
    public required PixelFormat Format { get; init; }

    /// <summary>The bytes of some elements.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public abstract Span<byte> Bytes(long first, int count);

    /// <summary>A tensor <c>[count]</c> that shares the memory and keeps it alive; the caller's.</summary>
    /// <param name="first">Its first element.</param>
    /// <param name="count">Number of elements.</param>
    public abstract torch.Tensor Elements(long first, long count);

    /// <summary>New memory.</summary>
    /// <param name="length">Number of elements, at most <see cref="MostElements"/>.</param>
    /// <param name="format">How views are stored.</param>
    /// <param name="pageLocked">Whether it shall be page-locked, which needs a GPU.</param>
    public static BatchBuffer Allocate(int length, PixelFormat format, bool pageLocked)
    {
        if (pageLocked) return PageLocked(length, format);
        return format.Type == PixelType.BFloat16
            ? new ManagedBuffer<BFloat16>(length, torch.ScalarType.BFloat16) { Format = format }
            : new ManagedBuffer<float>(length, torch.ScalarType.Float32) { Format = format };
    }

    private static TensorBuffer PageLocked(int length, PixelFormat format)
    {
        TorchRuntime.EnsureLoaded();
        var type = format.Type == PixelType.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        using var pageable = torch.empty(length, type);
        return new TensorBuffer(pageable.pin_memory(), isPageLocked: true) { Format = format };
    }

    /// <summary>
    /// An array that the collector does not move. Its type is the elements', because TorchSharp shares an array with a tensor of
    /// its own type and copies it for any other.
    /// </summary>
    private sealed class ManagedBuffer<T> : BatchBuffer where T : unmanaged
    {
        private readonly T[] _array;
        private readonly int _first;
        private readonly torch.ScalarType _type;

        public unsafe ManagedBuffer(int length, torch.ScalarType type)
        {
            _type = type;
            _array = GC.AllocateUninitializedArray<T>(checked(length + Alignment / sizeof(T)), pinned: true);
            var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
            var past = (int)(address % Alignment);
            _first = past == 0 ? 0 : (Alignment - past) / sizeof(T);
        }

        public override bool IsPageLocked => false;

        public override Span<byte> Bytes(long first, int count) =>
            MemoryMarshal.AsBytes(_array.AsSpan(_first + (int)first, count));

        public override torch.Tensor Elements(long first, long count)
        {
            TorchRuntime.EnsureLoaded();
            return torch.frombuffer(_array, _type, count, _first + first);
        }
    }
}
