using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>The vertical half of a resize: weighted sums of whole rows of bytes, taken apart into planes.</summary>
internal static unsafe class RowSums<T> where T : unmanaged, ILanes<T>
{
    private const float FromByte = 1f / 255f;

    /// <summary>Sums rows; whole vectors are read and written, beyond the last pixel too.</summary>
    /// <param name="rows">The first row's first pixel.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="weights">Of each row.</param>
    /// <param name="taps">Number of rows.</param>
    /// <param name="pixels">Pixels of a row.</param>
    /// <param name="sums">Receives the sums, scaled from 0..255 to 0..1.</param>
    public static void Apply(byte* rows, int stride, float* weights, int taps, int pixels, Planes sums)
    {
        if (taps == 2) Two(rows, rows + stride, weights, pixels, sums);
        else Any(rows, stride, weights, taps, pixels, sums);
    }

    /// <summary>One row, scaled: of 1/255 also what float32 leaves of it, so that the quotients are the nearest ones.</summary>
    public static void Copy(byte* row, int pixels, Planes result)
    {
        var high = T.All(FromByte);
        var low = T.All((float)(1.0 / 255 - FromByte));
        for (var x = 0; x < pixels; x += T.Count, row += 3 * T.Count)
        {
            var (v0, v1, v2) = Load(row);
            Store(T.MultiplyAdd(v0, high, v0 * low), T.MultiplyAdd(v1, high, v1 * low), T.MultiplyAdd(v2, high, v2 * low),
                result.From(x));
        }
    }

    private static void Two(byte* upper, byte* lower, float* weights, int pixels, Planes sums)
    {
        var (upperWeight, lowerWeight) = (T.All(weights[0] * FromByte), T.All(weights[1] * FromByte));
        for (var x = 0; x < pixels; x += T.Count, upper += 3 * T.Count, lower += 3 * T.Count)
        {
            var (u0, u1, u2) = Load(upper);
            var (l0, l1, l2) = Load(lower);
            Store(
                T.MultiplyAdd(l0, lowerWeight, u0 * upperWeight),
                T.MultiplyAdd(l1, lowerWeight, u1 * upperWeight),
                T.MultiplyAdd(l2, lowerWeight, u2 * upperWeight), sums.From(x));
        }
    }

    private static void Any(byte* rows, int stride, float* weights, int taps, int pixels, Planes sums)
    {
        for (var x = 0; x < pixels; x += T.Count, rows += 3 * T.Count)
        {
            T s0 = default, s1 = default, s2 = default;
            var row = rows;
            for (var tap = 0; tap < taps; tap++, row += stride)
            {
                var weight = T.All(weights[tap] * FromByte);
                var (v0, v1, v2) = Load(row);
                s0 = T.MultiplyAdd(v0, weight, s0);
                s1 = T.MultiplyAdd(v1, weight, s1);
                s2 = T.MultiplyAdd(v2, weight, s2);
            }
            Store(s0, s1, s2, sums.From(x));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T, T, T) Load(byte* pixels) =>
        (T.LoadBytes(pixels), T.LoadBytes(pixels + T.Count), T.LoadBytes(pixels + 2 * T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T first, T second, T third, Planes planes)
    {
        var (greenFirst, blueFirst) = RgbOrder<T>.GreenFirst == 1 ? (second, third) : (third, second);
        var (red, green, blue) = RgbOrder<T>.Split(first, greenFirst, blueFirst);
        red.Store(planes.Red);
        green.Store(planes.Green);
        blue.Store(planes.Blue);
    }
}
