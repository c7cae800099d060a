namespace SimClr.Augmentation;

/// <summary>Moves of whole pixels; what they uncover is black. Equal to Pillow to the byte.</summary>
internal static class ByteGeometry
{
    /// <summary>Shears by slopes about the upper left corner.</summary>
    public static void Shear(ref ByteImage image, double slopeX, double slopeY) =>
        Transform(ref image, 1, slopeX, 0, slopeY, 1, 0);

    /// <summary>Shifts to the right and down.</summary>
    public static void Translate(ref ByteImage image, int x, int y) => Transform(ref image, 1, 0, -x, 0, 1, -y);

    /// <summary>Turns counter-clockwise about the center.</summary>
    public static void Rotate(ref ByteImage image, double degrees)
    {
        var (sine, cosine) = Math.SinCos(-degrees * (Math.PI / 180));
        var (x, y) = (image.Width / 2.0, image.Height / 2.0);
        Transform(ref image, cosine, sine, x - cosine * x - sine * y, -sine, cosine, y + sine * x - cosine * y);
    }

    /// <summary>
    /// The pixel (x, y) becomes the one at (a·x + b·y + c, d·x + e·y + f), where a pixel's place is its middle. Places are
    /// computed in fixed point of 16 bits, step by step along a row and from row to row, because that decides which pixel is
    /// nearest.
    /// </summary>
    private static void Transform(ref ByteImage image, double a, double b, double c, double d, double e, double f)
    {
        var (width, height, size) = (image.Width, image.Height, image.Size);
        var before = image.Pixels;
        var after = image.Spare;
        var (stepX, stepY) = (Fixed(a), Fixed(d));
        var (rowX, rowY) = (Fixed(c + a * 0.5 + b * 0.5), Fixed(f + d * 0.5 + e * 0.5));
        for (var y = 0; y < height; y++, rowX += Fixed(b), rowY += Fixed(e))
        {
            var (placeX, placeY) = (rowX, rowY);
            for (var i = y * width; i < (y + 1) * width; i++, placeX += stepX, placeY += stepY)
            {
                var (fromX, fromY) = (placeX >> 16, placeY >> 16);
                if ((uint)fromX < (uint)width && (uint)fromY < (uint)height)
                {
                    var from = fromY * width + fromX;
                    after[i] = before[from];
                    after[i + size] = before[from + size];
                    after[i + 2 * size] = before[from + 2 * size];
                }
                else
                {
                    after[i] = after[i + size] = after[i + 2 * size] = 0;
                }
            }
        }
        image.Swap();
    }

    private static int Fixed(double value) => (int)Math.Floor(value * 65536 + 0.5);
}
