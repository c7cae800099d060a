namespace SimClr.Data;

/// <summary>The classes of <see cref="Shapes"/>, in label order.</summary>
internal enum ShapeKind
{
    Disc, Ring, Square, Triangle, Star, Cross, Crescent, Heart, Hourglass, Tee,
}

/// <summary>
/// Outlines as signed distances: negative inside, the distance to the outline near it. Units are the shape's own (about 1
/// from the middle to the rim); x points right and y up. The star and the heart follow Quilez, "2D distance functions".
/// </summary>
internal static class ShapeOutline
{
    /// <summary>No outline, nor the blur of its edge at 8 pixels, is farther than this from its center of gravity.</summary>
    public const float Reach = 1.75f;

    private static readonly Measure[] Measures = [.. Enum.GetValues<ShapeKind>().Select(MeasureOf)];

    /// <summary>Area and center of gravity, by which shapes are made equally large and placed alike.</summary>
    public readonly record struct Measure(float Area, float CenterX, float CenterY);

    public static Measure Of(ShapeKind kind) => Measures[(int)kind];

    public static float Distance(ShapeKind kind, float x, float y) => kind switch
    {
        ShapeKind.Disc => Length(x, y) - 1,
        ShapeKind.Ring => MathF.Abs(Length(x, y) - 0.79f) - 0.21f,
        ShapeKind.Square => Box(x, y, 1, 1),
        ShapeKind.Triangle => MathF.Max(-y - 0.5f, 0.8660254f * MathF.Abs(x) + 0.5f * y - 0.5f),
        ShapeKind.Star => Star(x, y),
        ShapeKind.Cross => MathF.Min(Box(x, y, 1, 0.34f), Box(x, y, 0.34f, 1)),
        ShapeKind.Crescent => MathF.Max(Length(x, y) - 1, 0.82f - Length(x - 0.5f, y)),
        ShapeKind.Heart => Heart(x, y),
        ShapeKind.Hourglass => MathF.Max(MathF.Abs(y) - 1, (MathF.Abs(x) - 0.1f - 0.9f * MathF.Abs(y)) / 1.3453624f),
        ShapeKind.Tee => MathF.Min(Box(x, y - 0.7f, 0.95f, 0.3f), Box(x, y, 0.3f, 1)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such shape."),
    };

    private static float Length(float x, float y) => MathF.Sqrt(x * x + y * y);

    private static float Box(float x, float y, float halfWidth, float halfHeight) =>
        MathF.Max(MathF.Abs(x) - halfWidth, MathF.Abs(y) - halfHeight);

    private static float Star(float x, float y)
    {
        const float cos = 0.80901699f, sin = 0.58778525f, inner = 0.45f; // of 36 degrees
        x = MathF.Abs(x);
        var fold = 2 * MathF.Max(cos * x - sin * y, 0);
        (x, y) = (x - fold * cos, y + fold * sin);
        fold = 2 * MathF.Max(-cos * x - sin * y, 0);
        (x, y) = (MathF.Abs(x + fold * cos), y + fold * sin - 1);
        var (edgeX, edgeY) = (inner * sin, inner * cos - 1);
        var along = Math.Clamp((x * edgeX + y * edgeY) / (edgeX * edgeX + edgeY * edgeY), 0, 1);
        var distance = Length(x - along * edgeX, y - along * edgeY);
        return y * edgeX < x * edgeY ? -distance : distance;
    }

    private static float Heart(float x, float y)
    {
        x = MathF.Abs(x);
        if (x + y > 1) return Length(x - 0.25f, y - 0.75f) - 0.35355339f;
        var along = 0.5f * MathF.Max(x + y, 0);
        var distance = MathF.Min(Length(x, y - 1), Length(x - along, y - along));
        return x < y ? -distance : distance;
    }

    private static Measure MeasureOf(ShapeKind kind)
    {
        const int steps = 400;
        const float reach = 1.25f, step = 2 * reach / steps;
        int inside = 0;
        double sumX = 0, sumY = 0;
        for (var row = 0; row < steps; row++)
            for (var column = 0; column < steps; column++)
            {
                var (x, y) = ((column + 0.5f) * step - reach, (row + 0.5f) * step - reach);
                if (Distance(kind, x, y) >= 0) continue;
                inside++;
                (sumX, sumY) = (sumX + x, sumY + y);
            }
        return new Measure(inside * step * step, (float)(sumX / inside), (float)(sumY / inside));
    }
}
