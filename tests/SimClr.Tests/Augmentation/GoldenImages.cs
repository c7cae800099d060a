using SimClr.Images;

namespace SimClr.Tests.Augmentation;

/// <summary>The images of <c>autoaugment.py</c>, computed from whole numbers as there.</summary>
internal static class GoldenImages
{
    public static RgbImage Make(string name, int side) => name == "noise" ? Noise(side) : Smooth(side);

    private static RgbImage Noise(int side)
    {
        var image = new RgbImage(side, side);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var n = unchecked(((uint)i + 1) * 0x9E3779B1u);
            n ^= n >> 15;
            image.Pixels[i] = (byte)(unchecked(n * 0x85EBCA77u) >> 24);
        }
        return image;
    }

    private static RgbImage Smooth(int side)
    {
        var image = new RgbImage(side, side);
        for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++)
            {
                var ((red, green, blue), (across, down)) = (Ramp(x, y, side), (3 * x - side, 3 * y - side));
                if (across * across + down * down < side * side / 2) (red, green, blue) = (230, 200, 10 + 40 * x / side);
                if (2 * x > side && 3 * y > 2 * side) (red, green, blue) = (15, 30, 180);
                var at = 3 * (y * side + x);
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = ((byte)red, (byte)green, (byte)blue);
            }
        return image;
    }

    private static (int, int, int) Ramp(int x, int y, int side) =>
        (20 + 150 * x / side, 40 + 120 * y / side, 60 + 90 * (x + y) / (2 * side));
}
