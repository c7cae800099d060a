using System.Numerics;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Normal numbers that are a function of a key and of the pixel's number: pixel p takes the Philox block with counter
/// (p, 0, 0, 0), as <see cref="CounterRandom"/> computes it, and turns its four words into three normal numbers
/// (Box-Muller). One pixel in each lane of a vector, so that the noise does not depend on how wide vectors are.
/// </summary>
internal static class PixelNoise
{
    /// <summary>Adds noise of the given standard deviation to every value and clamps to [0, 1].</summary>
    public static void Add(FloatImage view, float sigma, ulong key)
    {
        var lanes = Vector<float>.Count;
        var (red, green, blue) = (default(Vector<float>), default(Vector<float>), default(Vector<float>));
        var pixels = view.Width * view.Height;
        var whole = pixels / lanes * lanes;
        for (var first = 0; first < whole; first += lanes)
        {
            Normals(first, key, ref red, ref green, ref blue);
            Add(sigma * red, view.Red[first..]);
            Add(sigma * green, view.Green[first..]);
            Add(sigma * blue, view.Blue[first..]);
        }
        if (whole == pixels) return;
        Normals(whole, key, ref red, ref green, ref blue);
        for (var left = 0; left < pixels - whole; left++)
        {
            Add(sigma * red[left], ref view.Red[whole + left]);
            Add(sigma * green[left], ref view.Green[whole + left]);
            Add(sigma * blue[left], ref view.Blue[whole + left]);
        }
    }

    private static void Add(Vector<float> noise, Span<float> values) =>
        Vector.Min(Vector.Max(new Vector<float>(values) + noise, Vector<float>.Zero), Vector<float>.One).CopyTo(values);

    private static void Add(float noise, ref float value) => value = Math.Clamp(value + noise, 0f, 1f);

    /// <summary>Three standard normal numbers for each of the pixels from <paramref name="first"/> on.</summary>
    private static void Normals(int first, ulong key, ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
    {
        var (word0, word1, word2, word3) = Philox(Vector<uint>.Indices + new Vector<uint>((uint)first), key);
        var (sine, cosine) = Vector.SinCos(float.Tau * Share(word1));
        var radius = Radius(word0);
        (red, green) = (radius * cosine, radius * sine);
        blue = Radius(word2) * Vector.Cos(float.Tau * Share(word3));
    }

    /// <summary>The upper 24 bits, from 0 to below 1.</summary>
    private static Vector<float> Share(Vector<uint> word) =>
        Vector.ConvertToSingle(Vector.AsVectorInt32(word >>> 8)) * (1f / (1 << 24));

    private static Vector<float> Radius(Vector<uint> word) =>
        Vector.SquareRoot(-2f * Vector.Log(Vector<float>.One - Share(word)));

    private static (Vector<uint>, Vector<uint>, Vector<uint>, Vector<uint>) Philox(Vector<uint> counter, ulong key)
    {
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        var (c0, c1, c2, c3) = (counter, Vector<uint>.Zero, Vector<uint>.Zero, Vector<uint>.Zero);
        for (var round = 0; round < 10; round++)
        {
            (c0, c1, c2, c3) = (
                MultiplyHigh(c2, 0xCD9E8D57u) ^ c1 ^ new Vector<uint>(k0), c2 * 0xCD9E8D57u,
                MultiplyHigh(c0, 0xD2511F53u) ^ c3 ^ new Vector<uint>(k1), c0 * 0xD2511F53u);
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The upper half of 64-bit products; vectors multiply only to lower halves, so by parts of 16 bits.</summary>
    private static Vector<uint> MultiplyHigh(Vector<uint> value, uint factor)
    {
        var (low, high) = (value & new Vector<uint>(0xFFFF), value >>> 16);
        var (factorLow, factorHigh) = (factor & 0xFFFF, factor >> 16);
        var middle = high * factorLow;
        var carry = ((low * factorLow) >>> 16) + (middle & new Vector<uint>(0xFFFF)) + low * factorHigh;
        return high * factorHigh + (middle >>> 16) + (carry >>> 16);
    }
}
