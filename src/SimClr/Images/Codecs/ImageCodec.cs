using SimClr.Files;
using SkiaSharp;

namespace SimClr.Images;

/// <summary>
/// Image files in and out. Reads JPEG, PNG, WebP, BMP and GIF (its first frame); writes PNG. Decoded values are the ones
/// stored in the file: embedded color profiles are not applied, and JPEG comes out as libjpeg decodes it.
/// </summary>
public static class ImageCodec
{
    /// <summary>The largest image that <see cref="Decode(ReadOnlySpan{byte})"/> accepts, in pixels: 100 megapixels.</summary>
    public const long DefaultMaxPixels = 100_000_000;

    /// <summary>Decodes an image of at most <see cref="DefaultMaxPixels"/> pixels.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, long)"/>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes) => Decode(bytes, DefaultMaxPixels);

    /// <summary>
    /// Decodes an image. Gray becomes RGB, transparency is composited on white, and the EXIF orientation is applied, so that
    /// the result stands upright.
    /// </summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="maxPixels">A header that claims more pixels than this is refused before memory is taken for them.</param>
    /// <returns>The image, <c>[H, W, 3]</c>.</returns>
    /// <exception cref="ImageFormatException">
    /// The bytes are empty, of another format, damaged or incomplete, or claim too many pixels; the message says which.
    /// </exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, long maxPixels)
    {
        var image = new RgbImage(1, 1);
        Decode(bytes, 1, image, maxPixels);
        return image;
    }

    /// <summary>
    /// Decodes an image to an existing image, without memory of its own. A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size,
    /// which is faster than decoding all of it: its blocks are transformed to smaller ones.
    /// </summary>
    /// <param name="bytes">A whole image file.</param>
    /// <param name="shrink">1, 2, 4 or 8.</param>
    /// <param name="image">Receives the upright image and takes its size.</param>
    /// <param name="maxPixels">As for <see cref="Decode(ReadOnlySpan{byte}, long)"/>; it bounds the full size.</param>
    /// <returns>
    /// The shrink of the result as in <see cref="DecodedImage"/>: <paramref name="shrink"/> for JPEG, 1 for other formats.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The shrink is not one of the four.</exception>
    /// <exception cref="ImageFormatException">As for <see cref="Decode(ReadOnlySpan{byte}, long)"/>.</exception>
    public static unsafe int Decode(
        ReadOnlySpan<byte> bytes, int shrink, RgbImage image, long maxPixels = DefaultMaxPixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (shrink is not (1 or 2 or 4 or 8))
            throw new ArgumentOutOfRangeException(nameof(shrink), shrink, "The shrink is 1, 2, 4 or 8.");
        fixed (byte* start = bytes)
        {
            using var codec = new EncodedImage(start, bytes.Length, maxPixels);
            return codec.Decode(shrink, image);
        }
    }

    /// <summary>Reads from an image's header how large it is when it stands upright.</summary>
    /// <param name="bytes">A whole image file, or as much of its beginning as holds the header.</param>
    /// <param name="maxPixels">As for <see cref="Decode(ReadOnlySpan{byte}, long)"/>.</param>
    /// <exception cref="ImageFormatException">The header is damaged, incomplete or none, or claims too many pixels.</exception>
    public static unsafe (int Width, int Height) ReadSize(ReadOnlySpan<byte> bytes, long maxPixels = DefaultMaxPixels)
    {
        fixed (byte* start = bytes)
        {
            using var codec = new EncodedImage(start, bytes.Length, maxPixels);
            return codec.Size;
        }
    }

    /// <summary>The image as the bytes of a PNG file, without loss.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Encode(image, pixmap => pixmap.Encode(SKPngEncoderOptions.Default), "PNG");
    }

    /// <summary>The image as the bytes of a JPEG file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">libjpeg's, 1 to 100.</param>
    public static byte[] EncodeJpeg(RgbImage image, int quality) => Encode(image, pixmap => pixmap.Encode(
        new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore)), "JPEG");

    /// <summary>Writes a PNG file. It appears whole or not at all: it is written to the same folder and then renamed.</summary>
    /// <param name="path">Where to; an existing file is replaced, a missing folder is made.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void WritePng(string path, RgbImage image)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = EncodePng(image);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))
            ?? throw new IOException($"{path} is a root folder, not a file.");
        Directory.CreateDirectory(folder);
        AtomicFile.Write(path, bytes);
    }

    private static unsafe byte[] Encode(RgbImage image, Func<SKPixmap, SKData?> encode, string format)
    {
        fixed (byte* pixels = RgbaPacking.FromRgb(image))
        {
            var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var pixmap = new SKPixmap(info, (nint)pixels);
            using var encoded = encode(pixmap)
                ?? throw new InvalidOperationException($"Skia cannot encode {image.Width}x{image.Height} pixels as {format}.");
            return encoded.ToArray();
        }
    }
}
