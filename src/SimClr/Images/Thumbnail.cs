using SkiaSharp;

namespace SimClr.Images;

/// <summary>Pictures made small, for pages that carry their pictures in them.</summary>
internal static class Thumbnail
{
    // Pictures as small as this are kept without loss; as JPEG, their few pixels would blur into each other.
    private const int SmallestLossy = 65;

    private const int Quality = 85;

    /// <summary>A picture that is no larger than a square; the picture itself where it already is.</summary>
    /// <param name="picture">The picture; only read.</param>
    /// <param name="side">The square's side in pixels.</param>
    public static unsafe RgbImage Shrunk(RgbImage picture, int side)
    {
        var longest = Math.Max(picture.Width, picture.Height);
        if (longest <= side) return picture;
        var width = Math.Max(1, (int)Math.Round((double)picture.Width * side / longest));
        var height = Math.Max(1, (int)Math.Round((double)picture.Height * side / longest));
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        fixed (byte* pixels = RgbaPacking.FromRgb(picture))
        {
            var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var image = SKImage.FromPixelCopy(info, (nint)pixels);
            canvas.DrawImage(image, SKRect.Create(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }
        var small = new RgbImage(width, height);
        RgbaPacking.Upright(bitmap.GetPixelSpan(), width, height, opaque: true, SKEncodedOrigin.TopLeft, small);
        return small;
    }

    /// <summary>A picture as a <c>data:</c> address, made small first.</summary>
    public static string DataAddress(RgbImage picture, int side)
    {
        var small = Shrunk(picture, side);
        return Math.Max(small.Width, small.Height) < SmallestLossy
            ? "data:image/png;base64," + Convert.ToBase64String(ImageCodec.EncodePng(small))
            : "data:image/jpeg;base64," + Convert.ToBase64String(ImageCodec.EncodeJpeg(small, Quality));
    }
}
