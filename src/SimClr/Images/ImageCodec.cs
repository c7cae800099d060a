using System.Buffers;
using SkiaSharp;

namespace SimClr.Images;

/// <summary>
/// Picture files in and out. Reads JPEG, PNG, WebP, BMP and GIF (its first frame); writes PNG. Decoded values are the ones
/// stored in the file: embedded colour profiles are not applied, and JPEG comes out as libjpeg decodes it.
/// </summary>
public static class ImageCodec
{
    /// <summary>The largest picture that <see cref="Decode(ReadOnlySpan{byte})"/> accepts, in pixels: 100 megapixels.</summary>
    public const long DefaultMaxPixels = 100_000_000;

    /// <summary>Decodes a picture of at most <see cref="DefaultMaxPixels"/> pixels.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, long)"/>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes) => Decode(bytes, DefaultMaxPixels);

    /// <summary>
    /// Decodes a picture. Grey becomes RGB, transparency is composited on white, and the EXIF orientation is applied, so that
    /// the result stands upright.
    /// </summary>
    /// <param name="bytes">A whole picture file.</param>
    /// <param name="maxPixels">A header that claims more pixels than this is refused before memory is taken for them.</param>
    /// <returns>The picture, <c>[H, W, 3]</c>.</returns>
    /// <exception cref="ImageFormatException">
    /// The bytes are empty, of another format, damaged or incomplete, or claim too many pixels; the message says which.
    /// </exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, long maxPixels)
    {
        if (bytes.IsEmpty) throw new ImageFormatException("the file is empty");
        using var data = SKData.CreateCopy(bytes);
        using var stream = new SKMemoryStream(data);
        using var codec = SKCodec.Create(stream, out var result)
            ?? throw new ImageFormatException(ReasonWithoutCodec(result));
        if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp
            or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Gif))
            throw new ImageFormatException($"{codec.EncodedFormat} pictures are not read; convert to JPEG, PNG, WebP, BMP or GIF");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1) throw new ImageFormatException($"the header claims a size of {width}x{height} pixels");
        if ((long)width * height > maxPixels)
            throw new ImageFormatException($"{width}x{height} is more than the bound of {maxPixels:N0} pixels");

        // No colour space in the target: Skia then hands out the stored values without a conversion.
        var opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var target = new SKImageInfo(width, height, SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul, null);
        var rgba = ArrayPool<byte>.Shared.Rent(checked(4 * width * height));
        try
        {
            result = ReadPixels(codec, target, rgba);
            if (result != SKCodecResult.Success) throw new ImageFormatException(ReasonOf(result, codec.EncodedFormat));
            var view = rgba.AsSpan(0, 4 * width * height);
            return RgbaPacking.Upright(view, width, height, opaque, codec.EncodedOrigin);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    /// <summary>The picture as the bytes of a PNG file, without loss.</summary>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var rgba = RgbaPacking.FromRgb(image);
        unsafe
        {
            fixed (byte* pixels = rgba)
            {
                var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
                using var pixmap = new SKPixmap(info, (nint)pixels);
                using var encoded = pixmap.Encode(SKPngEncoderOptions.Default)
                    ?? throw new InvalidOperationException($"Skia could not encode a {image.Width}x{image.Height} picture as PNG.");
                return encoded.ToArray();
            }
        }
    }

    /// <summary>Writes a PNG file. It appears whole or not at all: it is written beside its place and then renamed.</summary>
    /// <param name="path">Where to; an existing file is replaced, a missing folder is made.</param>
    /// <param name="image">The picture.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void WritePng(string path, RgbImage image)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = EncodePng(image);
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new IOException($"{path} is a root folder, not a file.");
        Directory.CreateDirectory(folder);
        var aside = Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}");
        try
        {
            File.WriteAllBytes(aside, bytes);
            File.Move(aside, full, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }

    private static unsafe SKCodecResult ReadPixels(SKCodec codec, SKImageInfo target, byte[] rgba)
    {
        fixed (byte* pixels = rgba) return codec.GetPixels(target, (nint)pixels);
    }

    private static string ReasonWithoutCodec(SKCodecResult result) => result == SKCodecResult.IncompleteInput
        ? "the file ends within its header"
        : "not a JPEG, PNG, WebP, BMP or GIF picture";

    private static string ReasonOf(SKCodecResult result, SKEncodedImageFormat format) => result switch
    {
        SKCodecResult.IncompleteInput => $"the {Name(format)} data ends too early; the file is truncated",
        SKCodecResult.ErrorInInput => $"the {Name(format)} data is damaged",
        _ => $"the {Name(format)} data cannot be decoded ({result})",
    };

    private static string Name(SKEncodedImageFormat format) => format == SKEncodedImageFormat.Webp
        ? "WebP"
        : format.ToString().ToUpperInvariant();
}
