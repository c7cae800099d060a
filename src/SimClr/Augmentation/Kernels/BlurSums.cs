using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>
/// Weighted sums with a symmetric kernel: both sides are added before they are multiplied, and four vectors are summed side by
/// side, so that they share a weight and do not wait for each other.
/// </summary>
internal static unsafe class BlurSums<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Along a row.</summary>
    /// <param name="row">The row, with <paramref name="radius"/> numbers before it and behind it.</param>
    /// <param name="kernel">The center's weight and those to one side.</param>
    /// <param name="radius">Number of weights on a side.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="result">Receives them, in whole vectors.</param>
    public static void Across(float* row, float* kernel, int radius, int width, float* result)
    {
        var x = 0;
        for (; x <= width - 4 * T.Count; x += 4 * T.Count)
        {
            var center = row + x;
            var sums = new Four(center, kernel[0]);
            for (var tap = 1; tap <= radius; tap++) sums.Add(center - tap, center + tap, kernel[tap]);
            sums.Store(result + x);
        }
        for (; x < width; x += T.Count)
        {
            var center = row + x;
            var sum = T.All(kernel[0]) * T.Load(center);
            for (var tap = 1; tap <= radius; tap++)
                sum = T.MultiplyAdd(T.All(kernel[tap]), T.Load(center - tap) + T.Load(center + tap), sum);
            sum.Store(result + x);
        }
    }

    /// <summary>Across rows.</summary>
    /// <param name="rows">Where the rows lie.</param>
    /// <param name="taps">The center's offset; before and behind it those of the rows above and below.</param>
    /// <param name="kernel">The center's weight and those to one side.</param>
    /// <param name="radius">Number of weights on a side.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="result">Receives them, and not one number more.</param>
    public static void Down(float* rows, int* taps, float* kernel, int radius, int width, float* result)
    {
        var whole = width / T.Count * T.Count;
        DownWhole(rows, taps, kernel, radius, whole, result);
        if (whole == width) return;
        var rest = stackalloc float[T.Count];
        DownWhole(rows + whole, taps, kernel, radius, T.Count, rest);
        new ReadOnlySpan<float>(rest, width - whole).CopyTo(new Span<float>(result + whole, width - whole));
    }

    private static void DownWhole(float* rows, int* taps, float* kernel, int radius, int width, float* result)
    {
        var x = 0;
        for (; x <= width - 4 * T.Count; x += 4 * T.Count)
        {
            var column = rows + x;
            var sums = new Four(column + taps[0], kernel[0]);
            for (var tap = 1; tap <= radius; tap++) sums.Add(column + taps[-tap], column + taps[tap], kernel[tap]);
            sums.Store(result + x);
        }
        for (; x < width; x += T.Count)
        {
            var column = rows + x;
            var sum = T.All(kernel[0]) * T.Load(column + taps[0]);
            for (var tap = 1; tap <= radius; tap++)
                sum = T.MultiplyAdd(T.All(kernel[tap]), T.Load(column + taps[-tap]) + T.Load(column + taps[tap]), sum);
            sum.Store(result + x);
        }
    }

    private ref struct Four
    {
        private T _0, _1, _2, _3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Four(float* center, float share)
        {
            var weight = T.All(share);
            _0 = weight * T.Load(center);
            _1 = weight * T.Load(center + T.Count);
            _2 = weight * T.Load(center + 2 * T.Count);
            _3 = weight * T.Load(center + 3 * T.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(float* before, float* behind, float share)
        {
            var weight = T.All(share);
            _0 = T.MultiplyAdd(weight, T.Load(before) + T.Load(behind), _0);
            _1 = T.MultiplyAdd(weight, T.Load(before + T.Count) + T.Load(behind + T.Count), _1);
            _2 = T.MultiplyAdd(weight, T.Load(before + 2 * T.Count) + T.Load(behind + 2 * T.Count), _2);
            _3 = T.MultiplyAdd(weight, T.Load(before + 3 * T.Count) + T.Load(behind + 3 * T.Count), _3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* result)
        {
            _0.Store(result);
            _1.Store(result + T.Count);
            _2.Store(result + 2 * T.Count);
            _3.Store(result + 3 * T.Count);
        }
    }
}
