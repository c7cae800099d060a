namespace SimClr.Images;

/// <summary>Pictures made small, for pages that carry their pictures in them.</summary>
public static class Thumbnail
{
    // Pictures as small as this are kept without loss; as JPEG, their few pixels would blur into each other.
    private const int SmallestLossy = 65;

    private const int Quality = 85;

    /// <summary>A picture as a <c>data:</c> address, made small first.</summary>
    public static string DataAddress(RgbImage picture, int side)
    {
        var small = ImageFitting.Into(picture, side);
        return Math.Max(small.Width, small.Height) < SmallestLossy
            ? "data:image/png;base64," + Convert.ToBase64String(ImageCodec.EncodePng(small))
            : "data:image/jpeg;base64," + Convert.ToBase64String(ImageCodec.EncodeJpeg(small, Quality));
    }
}
