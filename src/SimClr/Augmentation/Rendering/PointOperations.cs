namespace SimClr.Augmentation;

/// <summary>An operation on single pixels. Every adjustment clamps its result to [0, 1].</summary>
internal enum PointKind
{
    /// <summary>Multiplies by the value.</summary>
    Brightness,

    /// <summary>Blends with the image's mean luma, as it is then; needs a look at the whole image.</summary>
    Contrast,

    /// <summary>Blends with each pixel's luma.</summary>
    Saturation,

    /// <summary>Turns the hue by the value, part of a full turn.</summary>
    Hue,

    /// <summary>Replaces the channels by their luma; the value is not used.</summary>
    Grayscale,

    /// <summary>Only clamps; the value is not used.</summary>
    Clamp,
}

/// <summary>One operation on single pixels.</summary>
internal readonly record struct PointOperation(PointKind Kind, float Value);

/// <summary>Operations to be done one after the other; the memory is used again.</summary>
internal sealed class PointOperations
{
    private PointOperation[] _items = new PointOperation[8];

    public int Count { get; private set; }

    public ReadOnlySpan<PointOperation> Items => _items.AsSpan(0, Count);

    public void Add(PointKind kind, float value = 0)
    {
        if (Count == _items.Length) Array.Resize(ref _items, 2 * Count);
        _items[Count++] = new PointOperation(kind, value);
    }

    public void Clear() => Count = 0;

    /// <summary>
    /// Where the next contrast stands from <paramref name="from"/> on, or else <see cref="Count"/>: so far operations can be
    /// done pixel by pixel, without a look at the whole image.
    /// </summary>
    public int NextContrast(int from)
    {
        while (from < Count && _items[from].Kind != PointKind.Contrast) from++;
        return from;
    }
}
