using System.Numerics;

namespace SimClr.Tests.Fixtures;

/// <summary>Weights, images and probes of the golden ResNet cases, made by an integer hash instead of being stored.</summary>
internal static class HashedTensors
{
    public const int ProbeOffset = 2_000_000;

    public static float[] Image(uint seed, uint tensor, long count) => Fill(count, Key(seed, tensor), s => Math.Sqrt(3) * s);

    public static float[] Parameter(uint seed, uint tensor, string name, long[] shape, string lastNorm)
    {
        var key = Key(seed, tensor);
        var count = shape.Aggregate(1L, (a, b) => a * b);
        if (shape.Length == 4)
        {
            var bound = Math.Sqrt(6.0 / (shape[1] * shape[2] * shape[3]));
            return Fill(count, key, s => bound * s);
        }
        static double U(double s) => (s + 1) / 2;
        if (name.EndsWith(".running_var", StringComparison.Ordinal)) return Fill(count, key, s => 0.5 + U(s));
        if (!name.EndsWith(".weight", StringComparison.Ordinal)) return Fill(count, key, s => 0.1 * s);
        var last = name.StartsWith("layer", StringComparison.Ordinal)
            && name.EndsWith($"{lastNorm}.weight", StringComparison.Ordinal);
        return last ? Fill(count, key, s => 0.1 + 0.2 * U(s)) : Fill(count, key, s => 0.5 + 0.5 * U(s));
    }

    /// <summary>The l2 norm of a gradient and its product with the probe, which a wrong sign or layout would change.</summary>
    public static (double Norm, double Dot) Measure<T>(uint seed, uint tensor, T[] gradient) where T : struct, INumber<T>
    {
        var key = Key(seed, ProbeOffset + tensor);
        double squares = 0, dot = 0;
        for (var i = 0; i < gradient.Length; i++)
        {
            var value = double.CreateTruncating(gradient[i]);
            squares += value * value;
            dot += value * Signed(key, i);
        }
        return (Math.Sqrt(squares), dot);
    }

    private static float[] Fill(long count, uint key, Func<double, double> map)
    {
        var values = new float[count];
        const int Block = 1 << 16;
        Parallel.For(0, (values.Length + Block - 1) / Block, block =>
        {
            var end = Math.Min((block + 1) * Block, values.Length);
            for (var i = block * Block; i < end; i++) values[i] = (float)map(Signed(key, i));
        });
        return values;
    }

    private static double Signed(uint key, int i) => 2 * ((Mix((uint)i * 0x9E3779B1u + key) + 0.5) / 4294967296.0) - 1;

    private static uint Key(uint seed, uint tensor) => Mix(seed * 0x85EBCA77u + tensor + 1);

    private static uint Mix(uint h)
    {
        h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
        h = (h ^ (h >> 13)) * 0xC2B2AE35u;
        return h ^ (h >> 16);
    }
}
