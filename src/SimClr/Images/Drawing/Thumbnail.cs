namespace SimClr.Images;

/// <summary>Images made small, for pages that carry their images in them.</summary>
public static class Thumbnail
{
    // Images as small as this are kept without loss; as JPEG, their few pixels would blur into each other.
    private const int SmallestLossy = 65;

    private const int Quality = 85;

    /// <summary>An image as a <c>data:</c> address, made small first.</summary>
    public static string DataAddress(RgbImage image, int side)
    {
        var small = ImageFitting.Into(image, side);
        return Math.Max(small.Width, small.Height) < SmallestLossy
            ? "data:image/png;base64," + Convert.ToBase64String(ImageCodec.EncodePng(small))
            : "data:image/jpeg;base64," + Convert.ToBase64String(ImageCodec.EncodeJpeg(small, Quality));
    }
}
