using System.Runtime.InteropServices;

namespace SimClr.Augmentation;

/// <summary>From planes to the memory of a tensor.</summary>
internal static class PixelStore
{
    /// <summary>Normalises, and stores in the given format.</summary>
    public static void Write(FloatImage view, Normalization normalization, PixelFormat format, Span<byte> destination)
    {
        var (mean, std) = (normalization.Mean, normalization.Std);
        Write(view.Red, mean.Red, std.Red, 0, format, destination);
        Write(view.Green, mean.Green, std.Green, 1, format, destination);
        Write(view.Blue, mean.Blue, std.Blue, 2, format, destination);
    }

    /// <summary>The bits of the nearest bfloat16, ties to even.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Write(ReadOnlySpan<float> plane, float mean, float std, int channel, PixelFormat format,
        Span<byte> destination)
    {
        var scale = 1 / std;
        var (at, step) = format.Layout == PixelLayout.Planar ? (channel * plane.Length, 1) : (channel, 3);
        var floats = MemoryMarshal.Cast<byte, float>(destination);
        var halves = MemoryMarshal.Cast<byte, ushort>(destination);
        foreach (var pixel in plane)
        {
            var value = (pixel - mean) * scale;
            if (format.Type == PixelType.BFloat16) halves[at] = ToBFloat16(value);
            else floats[at] = value;
            at += step;
        }
    }
}
