using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Turns a square view by 90, 180 or 270 degrees, each as likely (the paper's Figure 4, "rotate"). Pixels are moved, not
/// interpolated. The draw is the number of quarter turns counter-clockwise, an <see cref="int"/>: 1, 2 or 3.
/// </summary>
public sealed record Rotation : Transform<int>
{
    /// <inheritdoc/>
    public override string Name => "rotate";

    /// <inheritdoc/>
    protected override int Draw(int side, ref CounterRandom random) => 1 + random.NextInt32(3);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The view is not square.</exception>
    protected override void Apply(FloatImage view, in int draw, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(scratch);
        if (view.Width != view.Height)
            throw new ArgumentException($"Only square views are turned, got {view.Width}x{view.Height}.", nameof(view));
        var memory = scratch.Intermediate;
        memory.Reshape(view.Width, view.Height);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = view.Plane(channel);
            if ((draw & 3) == 2)
            {
                plane.Reverse();
                continue;
            }
            var before = memory.Plane(channel);
            plane.CopyTo(before);
            if ((draw & 3) == 1) TurnLeft(before, plane, view.Width);
            else if ((draw & 3) == 3) TurnRight(before, plane, view.Width);
        }
    }

    private static void TurnLeft(ReadOnlySpan<float> before, Span<float> after, int side)
    {
        for (var y = 0; y < side; y++)
        {
            var row = after.Slice(y * side, side);
            for (var x = 0; x < side; x++) row[x] = before[x * side + side - 1 - y];
        }
    }

    private static void TurnRight(ReadOnlySpan<float> before, Span<float> after, int side)
    {
        for (var y = 0; y < side; y++)
        {
            var row = after.Slice(y * side, side);
            for (var x = 0; x < side; x++) row[x] = before[(side - 1 - x) * side + y];
        }
    }
}
