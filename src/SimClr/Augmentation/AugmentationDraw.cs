using System.Runtime.InteropServices;

namespace SimClr.Augmentation;

/// <summary>
/// Everything random about one view: the crop, and what each transform of the policy drew. Made by
/// <see cref="AugmentationPolicy.NewParameters"/> and used again from view to view, so that drawing allocates nothing.
/// </summary>
public sealed class AugmentationDraw
{
    internal const int SlotBytes = 32;

    private readonly bool[] _applies;
    private readonly ulong[] _slots; // aligned, SlotBytes for each transform

    internal AugmentationDraw(int transforms) =>
        (_applies, _slots) = (new bool[transforms], new ulong[transforms * SlotBytes / sizeof(ulong)]);

    /// <summary>The part of the image that is seen, in its pixels.</summary>
    public CropBox Crop { get; internal set; }

    /// <summary>Number of transforms after the crop.</summary>
    public int Count => _applies.Length;

    /// <summary>Whether a transform, by its place in the policy, changes this view.</summary>
    public bool Applies(int transform) => _applies[transform];

    /// <summary>A transform's draw for this view.</summary>
    /// <typeparam name="TDraw">The transform's kind of draw, for example <see cref="ColorJitterDraw"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The transform does not change this view.</exception>
    public TDraw Get<TDraw>(int transform) where TDraw : unmanaged => Applies(transform)
        ? MemoryMarshal.Read<TDraw>(Slot(transform))
        : throw new InvalidOperationException($"Transform {transform} does not change this view.");

    /// <summary>Sets the change that a transform makes to this view, in place of a random draw.</summary>
    /// <typeparam name="TDraw">The transform's kind of draw.</typeparam>
    public void Set<TDraw>(int transform, TDraw draw) where TDraw : unmanaged
    {
        _applies[transform] = true;
        MemoryMarshal.Write(Slot(transform), draw);
    }

    internal void Skip(int transform) => _applies[transform] = false;

    internal Span<byte> Begin(int transform)
    {
        _applies[transform] = true;
        return Slot(transform);
    }

    internal Span<byte> Slot(int transform) => MemoryMarshal.AsBytes(_slots.AsSpan()).Slice(transform * SlotBytes, SlotBytes);
}
