using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

/// <summary>One transform alone, on an image of the view's size.</summary>
internal static class TransformProbe
{
    /// <summary>What a transform draws for view <paramref name="item"/>.</summary>
    public static TDraw Draw<TDraw>(Transform transform, int side, int item) where TDraw : unmanaged
    {
        var random = new CounterRandom(17, 0, item, 0, DrawPurpose.View);
        return new AugmentationPolicy(side, null, [transform with { Probability = 1 }])
            .Draw(side, side, ref random).Get<TDraw>(0);
    }

    /// <summary>The view after a given draw, <c>[S, S, 3]</c>.</summary>
    public static float[] Apply<TDraw>(Transform transform, RgbImage image, TDraw draw) where TDraw : unmanaged
    {
        var policy = new AugmentationPolicy(image.Width, null, [transform]);
        var parameters = policy.NewParameters();
        parameters.Crop = new CropBox(0, 0, image.Height, image.Width);
        parameters.Set(0, draw);
        var view = new float[policy.ViewLength];
        policy.Render(image, parameters, view, new RenderScratch());
        return view;
    }

    /// <summary>The same, to the nearest bytes.</summary>
    public static byte[] ApplyBytes<TDraw>(Transform transform, RgbImage image, TDraw draw) where TDraw : unmanaged =>
        [.. Apply(transform, image, draw).Select(v => (byte)MathF.Round(v * 255f))];

    /// <summary>Bytes as floats that mean the same.</summary>
    public static FloatImage Floats(RgbImage image)
    {
        var result = new FloatImage();
        result.Reshape(image.Width, image.Height);
        for (var i = 0; i < image.Pixels.Length; i++) result.Plane(i % 3)[i / 3] = image.Pixels[i] / 255f;
        return result;
    }
}
