using System.Buffers;
using SkiaSharp;

namespace SimClr.Images;

/// <summary>One image file in memory, opened by Skia. The memory must stay where it is as long as this lives.</summary>
internal sealed class EncodedImage : IDisposable
{
    private const string OtherFormat = "not a JPEG, PNG, WebP, BMP or GIF image";

    private readonly byte[]? _needed; // of a PNG, rented
    private readonly MemoryHandle _pin;
    private readonly SKData? _data;
    private readonly SKCodec? _codec;
    private readonly SKEncodedOrigin _origin;
    private readonly bool _opaque;
    private readonly int _width, _height; // as stored

    /// <summary>Reads the header.</summary>
    /// <exception cref="ImageFormatException">It is of another format, damaged, incomplete, or claims too many
    /// pixels.</exception>
    public unsafe EncodedImage(byte* bytes, int length, long maxPixels)
    {
        if (length == 0) throw new ImageFormatException("the file is empty");
        var all = new ReadOnlySpan<byte>(bytes, length);
        if (!ImageStructure.HasKnownSignature(all)) throw new ImageFormatException(OtherFormat);
        var scans = ImageStructure.CountScans(all);
        try
        {
            if (all[0] == 0x89 && PngOutline.NeededLength(all) is var needed && needed < length)
            {
                _needed = ArrayPool<byte>.Shared.Rent(needed);
                PngOutline.CopyNeeded(all, _needed);
                _pin = _needed.AsMemory().Pin();
                bytes = (byte*)_pin.Pointer;
                length = needed;
            }
            _data = SKData.Create((nint)bytes, length);
            // The codec owns the stream from here on.
            _codec = SKCodec.Create(new SKMemoryStream(_data), out var result)
                ?? throw new ImageFormatException(ReasonWithoutCodec(result));
            var info = _codec.Info;
            (_width, _height, _opaque) = (info.Width, info.Height, info.AlphaType == SKAlphaType.Opaque);
            (Format, _origin) = (_codec.EncodedFormat, _codec.EncodedOrigin);
            if (Format is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp
                or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Gif))
                throw new ImageFormatException($"{Format} is not read; convert it to JPEG, PNG, WebP, BMP or GIF");
            if (_width < 1 || _height < 1)
                throw new ImageFormatException($"the header claims a size of {_width}x{_height} pixels");
            if ((long)_width * _height > maxPixels)
                throw new ImageFormatException($"{_width}x{_height} is more than the bound of {maxPixels:N0} pixels");
            if (Format == SKEncodedImageFormat.Jpeg) ImageStructure.RequireFewScans(scans, (long)_width * _height, maxPixels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SKEncodedImageFormat Format { get; }

    /// <summary>The size of the upright image.</summary>
    public (int Width, int Height) Size => RgbaPacking.SwapsSides(_origin) ? (_height, _width) : (_width, _height);

    /// <summary>Decodes the image upright, at 1/shrink of its size where the format can, and tells the shrink.</summary>
    /// <exception cref="ImageFormatException">The data is damaged or incomplete.</exception>
    public int Decode(int shrink, RgbImage image)
    {
        if (!Scales(shrink)) shrink = 1;
        var (width, height) = Scaled(shrink);
        // No color space in the target: Skia then hands out the stored values without a conversion.
        var alpha = _opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var target = new SKImageInfo(width, height, SKColorType.Rgba8888, alpha, null);
        using var memory = new PixelMemory(checked(4 * width * height));
        var rgba = memory.Span;
        var result = ReadPixels(target, rgba);
        if (result != SKCodecResult.Success) throw new ImageFormatException(ReasonOf(result, Format));
        RgbaPacking.Upright(rgba, width, height, _opaque, _origin, image);
        return shrink;
    }

    public void Dispose()
    {
        _codec?.Dispose();
        _data?.Dispose();
        _pin.Dispose();
        if (_needed is not null) ArrayPool<byte>.Shared.Return(_needed);
    }

    /// <summary>
    /// Only JPEG is scaled: its blocks of 8x8 pixels are transformed to smaller ones, so that every pixel stands for a whole
    /// square of full-size pixels. WebP's rescaler places pixels differently.
    /// </summary>
    private bool Scales(int shrink)
    {
        if (Format != SKEncodedImageFormat.Jpeg) return false;
        var offered = _codec!.GetScaledDimensions(1f / shrink);
        return (offered.Width, offered.Height) == Scaled(shrink);
    }

    private (int Width, int Height) Scaled(int shrink) => ((_width + shrink - 1) / shrink, (_height + shrink - 1) / shrink);

    private unsafe SKCodecResult ReadPixels(SKImageInfo target, Span<byte> rgba)
    {
        fixed (byte* pixels = rgba) return _codec!.GetPixels(target, (nint)pixels);
    }

    private static string ReasonWithoutCodec(SKCodecResult result) => result == SKCodecResult.IncompleteInput
        ? "the file ends within its header"
        : OtherFormat;

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
