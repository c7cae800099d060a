using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace SimClr.Images;

/// <summary>Between Skia's four-byte pixels and ours of three.</summary>
public static class RgbaPacking
{
    /// <summary>Drops or composites alpha and turns the image upright.</summary>
    /// <param name="rgba"><c>[height, width, 4]</c>, not premultiplied; overwritten.</param>
    /// <param name="width">Stored width.</param>
    /// <param name="height">Stored height.</param>
    /// <param name="opaque">Whether every alpha is 255.</param>
    /// <param name="origin">Where the stored first row and column belong (EXIF orientation 1..8).</param>
    /// <param name="upright">Receives the image.</param>
    public static void Upright(
        Span<byte> rgba, int width, int height, bool opaque, SKEncodedOrigin origin, RgbImage upright)
    {
        if (SwapsSides(origin)) upright.Reshape(height, width);
        else upright.Reshape(width, height);
        // A turned image is packed in place first: three bytes are written for every four that have been read.
        var rgb = origin == SKEncodedOrigin.TopLeft ? upright.Pixels : rgba[..upright.Pixels.Length];
        if (opaque) DropAlpha(rgba, rgb);
        else CompositeOnWhite(rgba, rgb);
        if (origin != SKEncodedOrigin.TopLeft) Reorient(rgb, width, height, origin, upright);
    }

    /// <summary>Whether the upright image's width is the stored height.</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) => origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop
        or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary><c>[H, W, 4]</c> with alpha 255.</summary>
    public static byte[] FromRgb(RgbImage image)
    {
        var rgba = new byte[checked(4 * image.Width * image.Height)];
        for (int from = 0, to = 0; to < rgba.Length; from += 3, to += 4)
        {
            image.Pixels.Slice(from, 3).CopyTo(rgba.AsSpan(to));
            rgba[to + 3] = 255;
        }
        return rgba;
    }

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        // Four pixels at a time: 16 bytes in, 12 out; the 4 bytes written too many are overwritten by the next step.
        var compact = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        ref var source = ref MemoryMarshal.GetReference(rgba);
        ref var target = ref MemoryMarshal.GetReference(rgb);
        int from = 0, to = 0;
        for (; to + 16 <= rgb.Length; from += 16, to += 12)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref source, (nuint)from), compact).StoreUnsafe(ref target, (nuint)to);
        for (; to < rgb.Length; from += 4, to += 3) rgba.Slice(from, 3).CopyTo(rgb[to..]);
    }

    private static void CompositeOnWhite(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            var alpha = rgba[from + 3];
            rgb[to] = OnWhite(rgba[from], alpha);
            rgb[to + 1] = OnWhite(rgba[from + 1], alpha);
            rgb[to + 2] = OnWhite(rgba[from + 2], alpha);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte OnWhite(int value, int alpha) => (byte)((value * alpha + 255 * (255 - alpha) + 127) / 255);

    private static void Reorient(ReadOnlySpan<byte> stored, int width, int height, SKEncodedOrigin origin, RgbImage upright)
    {
        var pixels = upright.Pixels;
        // Stepping through the stored pixels, where the upright image's pixel (x, y) advances from one to the next.
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (column, row) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (height - 1 - y, x),
                    SKEncodedOrigin.RightBottom => (height - 1 - y, width - 1 - x),
                    SKEncodedOrigin.LeftBottom => (y, width - 1 - x),
                    _ => (x, y),
                };
                stored.Slice(3 * (y * width + x), 3).CopyTo(pixels[(3 * (row * upright.Width + column))..]);
            }
    }
}
