using System.Numerics;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>The background of a scene.</summary>
internal enum Backdrop
{
    Flat, Gradient, Stripes, Blobs,
}

/// <summary>A thin line behind the shape, end to end in the frame's units.</summary>
internal readonly record struct Stroke(Vector2 From, Vector2 To, float HalfWidth, Vector3 Color);

/// <summary>
/// Everything that decides how an image looks but its size. Positions and lengths are fractions of the frame (x right, y
/// down, from the upper left corner), colors are 0..1, angles radians. Only <see cref="Kind"/> depends on the class.
/// </summary>
internal readonly record struct ShapeScene
{
    public required ShapeKind Kind { get; init; }

    public required Vector2 Center { get; init; }

    /// <summary>Frame units per unit of the outline.</summary>
    public required float Scale { get; init; }

    public required float Rotation { get; init; }

    public required Vector3 Foreground { get; init; }

    public required Vector3 Background { get; init; }

    /// <summary>The background's second color.</summary>
    public required Vector3 Pattern { get; init; }

    public required Backdrop Backdrop { get; init; }

    /// <summary>Direction times frequency (in periods per frame) of the background's two waves.</summary>
    public required Vector2 Wave { get; init; }

    public required Vector2 CrossWave { get; init; }

    public required float Phase { get; init; }

    /// <summary>Brightness gained from one side of the frame to the other, as a fraction.</summary>
    public required Vector2 Light { get; init; }

    /// <summary>Half the range of the uniform noise, of 1.</summary>
    public required float Noise { get; init; }

    /// <summary>A line across the background, or null for none.</summary>
    public required Stroke? Stroke { get; init; }

    public static ShapeScene Draw(ShapeKind kind, ref CounterRandom random)
    {
        var (foreground, background, pattern) = DrawColors(ref random);
        var area = Uniform(ref random, 0.16f, 0.28f);
        return new ShapeScene
        {
            Kind = kind,
            Scale = MathF.Sqrt(area / ShapeOutline.Of(kind).Area),
            Rotation = Uniform(ref random, -25, 25) * (MathF.PI / 180),
            Center = new Vector2(Uniform(ref random, 0.38f, 0.62f), Uniform(ref random, 0.38f, 0.62f)),
            Foreground = foreground,
            Background = background,
            Pattern = pattern,
            Backdrop = (Backdrop)random.NextInt32(4),
            Wave = Direction(ref random) * Uniform(ref random, 1.5f, 4),
            CrossWave = Direction(ref random) * Uniform(ref random, 1, 2.5f),
            Phase = Uniform(ref random, 0, 2 * MathF.PI),
            Light = Direction(ref random) * Uniform(ref random, 0, 0.3f),
            Noise = Uniform(ref random, 0, 0.04f),
            Stroke = DrawStroke(background, ref random),
        };
    }

    private static (Vector3 Foreground, Vector3 Background, Vector3 Pattern) DrawColors(ref CounterRandom random)
    {
        Vector3 foreground, background, pattern;
        do
        {
            foreground = Color(ref random);
            background = Color(ref random);
            pattern = Vector3.Clamp(background + 0.3f * (Color(ref random) - new Vector3(0.5f)), Vector3.Zero, Vector3.One);
        } while (!Contrast(foreground, background) || !Contrast(foreground, pattern));
        return (foreground, background, pattern);
    }

    // The gray levels differ too: a fifth of the augmented views have no color.
    private static bool Contrast(Vector3 a, Vector3 b) =>
        Vector3.Distance(a, b) > 0.4f && MathF.Abs(Vector3.Dot(a - b, new Vector3(0.299f, 0.587f, 0.114f))) > 0.15f;

    private static Stroke? DrawStroke(Vector3 background, ref CounterRandom random)
    {
        if (random.NextInt32(2) == 0) return null;
        var from = new Vector2(Uniform(ref random, 0, 1), Uniform(ref random, 0, 1));
        var to = from + Direction(ref random) * Uniform(ref random, 0.2f, 0.6f);
        var color = Vector3.Lerp(background, Color(ref random), 0.5f);
        return new Stroke(from, to, Uniform(ref random, 0.008f, 0.02f), color);
    }

    private static Vector3 Color(ref CounterRandom random) =>
        new(Uniform(ref random, 0.05f, 0.95f), Uniform(ref random, 0.05f, 0.95f), Uniform(ref random, 0.05f, 0.95f));

    private static Vector2 Direction(ref CounterRandom random)
    {
        var (sin, cos) = MathF.SinCos(Uniform(ref random, 0, 2 * MathF.PI));
        return new Vector2(cos, sin);
    }

    private static float Uniform(ref CounterRandom random, float low, float high) => (float)random.NextDouble(low, high);
}
