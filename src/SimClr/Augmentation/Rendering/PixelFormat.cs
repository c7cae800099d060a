namespace SimClr.Augmentation;

/// <summary>How one number of a rendered view is stored.</summary>
public enum PixelType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    Float32,

    /// <summary>The upper half of a float32, rounded to the nearest even, 2 bytes.</summary>
    BFloat16,
}

/// <summary>How the numbers of a rendered view follow each other.</summary>
public enum PixelLayout
{
    /// <summary>Pixel by pixel, <c>[S, S, 3]</c>: the memory of a channels-last tensor.</summary>
    ChannelsLast,

    /// <summary>Plane by plane, <c>[3, S, S]</c>.</summary>
    Planar,
}

/// <summary>The memory that views are rendered to.</summary>
/// <param name="Type">Of each number.</param>
/// <param name="Layout">Order of the numbers.</param>
public readonly record struct PixelFormat(PixelType Type, PixelLayout Layout)
{
    /// <summary>Float32, <c>[S, S, 3]</c>.</summary>
    public static PixelFormat Default { get; } = new(PixelType.Float32, PixelLayout.ChannelsLast);

    /// <summary>Bytes of one number.</summary>
    public int ElementBytes => Type == PixelType.BFloat16 ? 2 : 4;

    /// <summary>Bytes of a view of side <paramref name="size"/>.</summary>
    public int BytesPerView(int size) => checked(3 * size * size * ElementBytes);
}
