namespace SimClr.Augmentation;

/// <summary>Weighted sums with a symmetric kernel: both sides are added before they are multiplied.</summary>
internal static unsafe class BlurSums<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Along a row.</summary>
    /// <param name="row">The row, with <paramref name="radius"/> numbers before it and behind it.</param>
    /// <param name="kernel">The centre's weight and those to one side.</param>
    /// <param name="radius">Number of weights on a side.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="result">Receives them, in whole vectors.</param>
    public static void Across(float* row, float* kernel, int radius, int width, float* result)
    {
        for (var x = 0; x < width; x += T.Count)
        {
            var sum = T.All(kernel[0]) * T.Load(row + x);
            for (var tap = 1; tap <= radius; tap++)
                sum = T.MultiplyAdd(T.All(kernel[tap]), T.Load(row + x - tap) + T.Load(row + x + tap), sum);
            sum.Store(result + x);
        }
    }

    /// <summary>Across rows.</summary>
    /// <param name="rows">Where the rows lie.</param>
    /// <param name="taps">The centre's offset; before and behind it those of the rows above and below.</param>
    /// <param name="kernel">The centre's weight and those to one side.</param>
    /// <param name="radius">Number of weights on a side.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="result">Receives them, and not one number more.</param>
    public static void Down(float* rows, int* taps, float* kernel, int radius, int width, float* result)
    {
        var x = 0;
        for (; x <= width - T.Count; x += T.Count) Sum(rows + x, taps, kernel, radius).Store(result + x);
        if (x == width) return;
        var rest = stackalloc float[T.Count];
        Sum(rows + x, taps, kernel, radius).Store(rest);
        new ReadOnlySpan<float>(rest, width - x).CopyTo(new Span<float>(result + x, width - x));
    }

    private static T Sum(float* rows, int* taps, float* kernel, int radius)
    {
        var sum = T.All(kernel[0]) * T.Load(rows + taps[0]);
        for (var tap = 1; tap <= radius; tap++)
            sum = T.MultiplyAdd(T.All(kernel[tap]), T.Load(rows + taps[-tap]) + T.Load(rows + taps[tap]), sum);
        return sum;
    }
}
