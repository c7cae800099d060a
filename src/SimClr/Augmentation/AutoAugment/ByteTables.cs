namespace SimClr.Augmentation;

/// <summary>Operations that replace every value by another, one table for each channel; equal to Pillow to the byte.</summary>
internal static class ByteTables
{
    private const int Values = 256;

    public static void Brightness(in ByteImage image, float factor)
    {
        Span<byte> table = stackalloc byte[Values];
        for (var value = 0; value < Values; value++) table[value] = ByteBlending.Blend(0, value, factor);
        Apply(table, image.Pixels);
    }

    /// <summary>Blends with the mean luma of the image, rounded to a byte.</summary>
    public static void Contrast(in ByteImage image, float factor)
    {
        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        var total = 0L;
        for (var i = 0; i < red.Length; i++) total += ByteImage.Luma(red[i], green[i], blue[i]);
        var mean = (int)((double)total / image.Size + 0.5);
        Span<byte> table = stackalloc byte[Values];
        for (var value = 0; value < Values; value++) table[value] = ByteBlending.Blend(mean, value, factor);
        Apply(table, image.Pixels);
    }

    /// <summary>Keeps the upper bits.</summary>
    public static void Posterize(in ByteImage image, int bits)
    {
        var mask = (byte)(0xFF << (8 - bits));
        foreach (ref var value in image.Pixels) value &= mask;
    }

    /// <summary>Inverts values from the threshold on.</summary>
    public static void Solarize(in ByteImage image, double threshold)
    {
        var first = (int)Math.Ceiling(threshold);
        foreach (ref var value in image.Pixels)
            if (value >= first) value = (byte)~value;
    }

    public static void Invert(in ByteImage image)
    {
        foreach (ref var value in image.Pixels) value = (byte)~value;
    }

    /// <summary>Stretches each channel to 0..255; a channel of one value stays.</summary>
    public static void AutoContrast(in ByteImage image)
    {
        Span<byte> table = stackalloc byte[Values];
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Plane(channel);
            var (low, high) = (byte.MaxValue, byte.MinValue);
            foreach (var value in plane) (low, high) = (Math.Min(low, value), Math.Max(high, value));
            if (high == low) continue;
            var scale = 255.0 / (high - low);
            var offset = -low * scale; // the order of Pillow's roundings
            for (var value = 0; value < Values; value++) table[value] = (byte)Math.Clamp((int)(value * scale + offset), 0, 255);
            Apply(table, plane);
        }
    }

    /// <summary>Makes the values of each channel about equally frequent.</summary>
    public static void Equalize(in ByteImage image)
    {
        Span<int> counts = stackalloc int[Values];
        Span<byte> table = stackalloc byte[Values];
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Plane(channel);
            counts.Clear();
            foreach (var value in plane) counts[value]++;
            var last = counts.LastIndexOfAnyExcept(0);
            var step = (plane.Length - counts[last]) / 255;
            if (step == 0) continue; // one value only, or too few pixels to tell
            var below = step / 2;
            for (var value = 0; value < Values; value++)
            {
                table[value] = (byte)Math.Min(below / step, 255);
                below += counts[value];
            }
            Apply(table, plane);
        }
    }

    private static void Apply(ReadOnlySpan<byte> table, Span<byte> values)
    {
        foreach (ref var value in values) value = table[value];
    }
}
