namespace SimClr.Augmentation;

/// <summary>Operations that go from a duller image to the given one and past it; equal to Pillow to the byte.</summary>
internal static class ByteBlending
{
    /// <summary>From <paramref name="dull"/> (factor 0) through <paramref name="value"/> (1) and on, cut to 0..255.</summary>
    public static byte Blend(int dull, int value, float factor)
    {
        var blended = dull + factor * (value - dull); // truncated, not rounded
        return blended <= 0 ? byte.MinValue : blended >= 255 ? byte.MaxValue : (byte)blended;
    }

    /// <summary>Blends every pixel with its luma.</summary>
    public static void Color(in ByteImage image, float factor)
    {
        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        for (var i = 0; i < red.Length; i++)
        {
            var luma = ByteImage.Luma(red[i], green[i], blue[i]);
            red[i] = Blend(luma, red[i], factor);
            green[i] = Blend(luma, green[i], factor);
            blue[i] = Blend(luma, blue[i], factor);
        }
    }

    /// <summary>Blends with the image smoothed by a 3x3 kernel of weights 1, but 5 in the center; the border stays.</summary>
    public static void Sharpness(ref ByteImage image, float factor)
    {
        image.Pixels.CopyTo(image.Spare);
        var (width, size) = (image.Width, image.Size);
        for (var channel = 0; channel < 3; channel++)
        {
            var before = image.Plane(channel);
            var after = image.Spare.Slice(channel * size, size);
            for (var y = 1; y < image.Height - 1; y++)
            {
                var above = before.Slice((y - 1) * width, width);
                var here = before.Slice(y * width, width);
                var below = before.Slice((y + 1) * width, width);
                var result = after.Slice(y * width, width);
                for (var x = 1; x < width - 1; x++)
                {
                    var sum = above[x - 1] + above[x] + above[x + 1]
                        + here[x - 1] + 5 * here[x] + here[x + 1]
                        + below[x - 1] + below[x] + below[x + 1];
                    result[x] = Blend((2 * sum + 13) / 26, here[x], factor); // a thirteenth, rounded
                }
            }
        }
        image.Swap();
    }
}
