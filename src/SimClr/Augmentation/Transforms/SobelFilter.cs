using System.Numerics;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Replaces the view by the strength of its edges (the paper's Figure 4, "Sobel filtering"): the magnitude of the gradient of
/// the luma (ITU-R BT.601), the same in all three channels. With the 3x3 Sobel kernels Gx = [1 2 1]ᵀ[-1 0 1] and Gy = Gxᵀ and
/// mirrored borders, a value is √(Gx² + Gy²) / √20, where √20 is the largest magnitude that any image has: no value is
/// clipped, and a full step from black to white along an axis gives 4/√20 ≈ 0.89. Nothing is drawn beyond whether to.
/// </summary>
public sealed record SobelFilter : Transform
{
    /// <inheritdoc/>
    public override string Name => "sobel";

    internal override void Draw(int side, ref CounterRandom random, Span<byte> draw) { }

    internal override void Apply(ViewRenderer renderer, ReadOnlySpan<byte> draw) =>
        Apply(renderer.Finish(), renderer.Scratch.Intermediate);

    private static void Apply(FloatImage view, FloatImage memory)
    {
        var (width, height) = (view.Width, view.Height);
        memory.Reshape(width + 2, height + 2);
        var luma = memory.Plane(0); // with a mirrored border of one pixel
        for (var y = 0; y < height; y++) FillRow(view, y, luma.Slice((y + 1) * (width + 2), width + 2));
        Row(luma, Math.Min(2, height), width).CopyTo(Row(luma, 0, width));
        Row(luma, Math.Max(height - 1, 1), width).CopyTo(Row(luma, height + 1, width));
        for (var y = 0; y < height; y++)
        {
            var result = view.Red.Slice(y * width, width);
            Magnitudes(Row(luma, y, width), Row(luma, y + 1, width), Row(luma, y + 2, width), result);
            result.CopyTo(view.Green[(y * width)..]);
            result.CopyTo(view.Blue[(y * width)..]);
        }
    }

    private static Span<float> Row(Span<float> padded, int y, int width) => padded.Slice(y * (width + 2), width + 2);

    private static void FillRow(FloatImage view, int y, Span<float> padded)
    {
        var width = view.Width;
        var red = view.Red.Slice(y * width, width);
        var green = view.Green.Slice(y * width, width);
        var blue = view.Blue.Slice(y * width, width);
        for (var x = 0; x < width; x++) padded[x + 1] = 0.2989f * red[x] + 0.587f * green[x] + 0.114f * blue[x];
        padded[0] = padded[Math.Min(2, width)];
        padded[width + 1] = padded[Math.Max(width - 1, 1)];
    }

    private static void Magnitudes(ReadOnlySpan<float> above, ReadOnlySpan<float> here, ReadOnlySpan<float> below,
        Span<float> result)
    {
        const float scale = 1f / 20f;
        var x = 0;
        for (; x <= result.Length - Vector<float>.Count; x += Vector<float>.Count)
        {
            var falling = At(below, x + 2) - At(above, x);
            var rising = At(above, x + 2) - At(below, x);
            var across = falling + rising + 2 * (At(here, x + 2) - At(here, x));
            var down = falling - rising + 2 * (At(below, x + 1) - At(above, x + 1));
            Vector.Min(Vector.SquareRoot(scale * (across * across + down * down)), Vector<float>.One).CopyTo(result[x..]);
        }
        for (; x < result.Length; x++)
        {
            var falling = below[x + 2] - above[x];
            var rising = above[x + 2] - below[x];
            var across = falling + rising + 2 * (here[x + 2] - here[x]);
            var down = falling - rising + 2 * (below[x + 1] - above[x + 1]);
            result[x] = Math.Min(MathF.Sqrt(scale * (across * across + down * down)), 1f); // 1 + rounding is possible
        }
    }

    private static Vector<float> At(ReadOnlySpan<float> row, int x) => new(row[x..]);
}
