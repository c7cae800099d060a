using System.Numerics;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>Draws a scene: backdrop, strokes, shape, light, noise. Edges are anti-aliased by their signed distance.</summary>
internal static class ShapeRenderer
{
    /// <param name="scene">The scene.</param>
    /// <param name="size">Side in pixels.</param>
    /// <param name="random">For the noise only.</param>
    /// <param name="pixels">Receives <c>[size, size, 3]</c>.</param>
    public static void Render(in ShapeScene scene, int size, ref CounterRandom random, Span<byte> pixels)
    {
        var measure = ShapeOutline.Of(scene.Kind);
        var (sin, cos) = MathF.SinCos(scene.Rotation);
        var unitsToPixels = scene.Scale * size;
        for (int row = 0, to = 0; row < size; row++)
            for (var column = 0; column < size; column++, to += 3)
            {
                var point = new Vector2((column + 0.5f) / size, (row + 0.5f) / size);
                var color = Vector3.Lerp(scene.Background, scene.Pattern, PatternAt(scene, point));
                if (scene.Stroke is { } stroke)
                    color = Vector3.Lerp(color, stroke.Color, Coverage((DistanceTo(stroke, point) - stroke.HalfWidth) * size));

                // Into the outline's own frame: about its center of gravity, turned back, y up.
                var offset = (point - scene.Center) / scene.Scale;
                if (offset.LengthSquared() < ShapeOutline.Reach * ShapeOutline.Reach)
                {
                    var x = measure.CenterX + cos * offset.X + sin * offset.Y;
                    var y = measure.CenterY + sin * offset.X - cos * offset.Y;
                    var distance = ShapeOutline.Distance(scene.Kind, x, y) * unitsToPixels;
                    color = Vector3.Lerp(color, scene.Foreground, Coverage(distance));
                }

                color *= 1 + Vector2.Dot(scene.Light, point - new Vector2(0.5f));
                Write(color, scene.Noise, random.NextUInt32(), pixels.Slice(to, 3));
            }
    }

    /// <summary>The share of a pixel that lies inside an outline at this distance from its center, in pixels.</summary>
    private static float Coverage(float distance) => Math.Clamp(0.5f - distance, 0, 1);

    /// <summary>How much of the second color the background shows, 0..1.</summary>
    private static float PatternAt(in ShapeScene scene, Vector2 point) => scene.Backdrop switch
    {
        Backdrop.Gradient => Math.Clamp(0.5f + Vector2.Dot(Vector2.Normalize(scene.Wave), point - new Vector2(0.5f)), 0, 1),
        Backdrop.Stripes => Soften(Wave(scene.Wave, scene.Phase, point)),
        Backdrop.Blobs => Soften(
            0.7f * Wave(scene.Wave * 0.6f, scene.Phase, point) + 0.7f * Wave(scene.CrossWave, 2.4f * scene.Phase, point)),
        _ => 0,
    };

    private static float Wave(Vector2 wave, float phase, Vector2 point) =>
        MathF.Sin(2 * MathF.PI * Vector2.Dot(wave, point) + phase);

    private static float Soften(float wave) => Math.Clamp(0.5f + wave, 0, 1);

    private static float DistanceTo(in Stroke stroke, Vector2 point)
    {
        var along = stroke.To - stroke.From;
        var nearest = Math.Clamp(Vector2.Dot(point - stroke.From, along) / along.LengthSquared(), 0, 1);
        return Vector2.Distance(point, stroke.From + nearest * along);
    }

    private static void Write(Vector3 color, float noise, uint word, Span<byte> pixel)
    {
        // One byte of the word for each channel, as uniform noise in ±noise.
        var grain = new Vector3((byte)word, (byte)(word >> 8), (byte)(word >> 16)) / 127.5f - Vector3.One;
        var value = Vector3.Clamp((color + noise * grain) * 255, Vector3.Zero, new Vector3(255));
        pixel[0] = (byte)(value.X + 0.5f);
        pixel[1] = (byte)(value.Y + 0.5f);
        pixel[2] = (byte)(value.Z + 0.5f);
    }
}
