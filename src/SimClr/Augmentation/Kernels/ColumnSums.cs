using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>The horizontal half of a resize: weighted sums along a row of each plane.</summary>
/// <remarks>
/// The outputs of one vector begin at inputs that lie close together unless much is shrunk: one, two or four vectors of inputs
/// hold all of them, and shuffles bring each to its lane. Beyond that the taps of one output fill whole vectors.
/// </remarks>
internal static unsafe class ColumnSums<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Prepares the weights in the form that <see cref="Apply"/> wants for this width and scale.</summary>
    public static void Prepare(ResampleWeights weights, in ResampleAxis axis, Interpolation interpolation, bool flip)
    {
        // By the scale alone, so that a window of an image has the same bits as the whole image.
        if (IsClose(axis.Scale)) weights.PrepareBlocks(axis, interpolation, flip, T.Count);
        else weights.PrepareOutputs(axis, interpolation, flip, T.Count);
    }

    /// <summary>Resizes one row; whole vectors are read and written, beyond the last pixel too.</summary>
    /// <param name="row">The planes of the row, from the first input that is needed on; finite some vectors further.</param>
    /// <param name="weights">From <see cref="Prepare"/>.</param>
    /// <param name="scale">The axis's.</param>
    /// <param name="count">Number of outputs.</param>
    /// <param name="result">Receives the outputs.</param>
    public static void Apply(Planes row, ResampleWeights weights, double scale, int count, Planes result)
    {
        if (!IsClose(scale)) Dot(row, weights, count, result);
        else if (weights.Span > 2 * T.Count) Quadruple(row, weights, count, result);
        else if (weights.Span > T.Count) Double(row, weights, count, result);
        else if (weights.Taps == 2) Two(row, weights, count, result);
        else Single(row, weights, count, result);
    }

    // The last of n outputs begins at most ceil((n - 1) · scale) inputs behind the first, which has to be below 4n; half an
    // input is left for rounding.
    private static bool IsClose(double scale) => (T.Count - 1) * scale < 4 * T.Count - 1.5;

    private static void Two(Planes row, ResampleWeights weights, int count, Planes result)
    {
        for (int x = 0, block = 0; x < count; x += T.Count, block++)
        {
            var indices = T.Load(weights.Indices(block));
            var weight = weights.Of(block);
            var (left, right) = (T.Load(weight), T.Load(weight + T.Count));
            var from = row.From(weights.BlockStart(block) - weights.FirstInput);
            Two(from.Red, indices, left, right).Store(result.Red + x);
            Two(from.Green, indices, left, right).Store(result.Green + x);
            Two(from.Blue, indices, left, right).Store(result.Blue + x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Two(float* from, T indices, T left, T right) => T.MultiplyAdd(
        T.Shuffle(T.Load(from + 1), indices), right, T.Shuffle(T.Load(from), indices) * left);

    private static void Single(Planes row, ResampleWeights weights, int count, Planes result)
    {
        for (int x = 0, block = 0; x < count; x += T.Count, block++)
        {
            var indices = T.Load(weights.Indices(block));
            var weight = weights.Of(block);
            var from = row.From(weights.BlockStart(block) - weights.FirstInput);
            T red = default, green = default, blue = default;
            for (var tap = 0; tap < weights.Taps; tap++)
            {
                var share = T.Load(weight + tap * T.Count);
                red = T.MultiplyAdd(T.Shuffle(T.Load(from.Red + tap), indices), share, red);
                green = T.MultiplyAdd(T.Shuffle(T.Load(from.Green + tap), indices), share, green);
                blue = T.MultiplyAdd(T.Shuffle(T.Load(from.Blue + tap), indices), share, blue);
            }
            Store(red, green, blue, result.From(x));
        }
    }

    private static void Double(Planes row, ResampleWeights weights, int count, Planes result)
    {
        for (int x = 0, block = 0; x < count; x += T.Count, block++)
        {
            var indices = T.Load(weights.Indices(block));
            var weight = weights.Of(block);
            var from = row.From(weights.BlockStart(block) - weights.FirstInput);
            T red = default, green = default, blue = default;
            for (var tap = 0; tap < weights.Taps; tap++)
            {
                var share = T.Load(weight + tap * T.Count);
                red = T.MultiplyAdd(Wide(from.Red + tap, indices), share, red);
                green = T.MultiplyAdd(Wide(from.Green + tap, indices), share, green);
                blue = T.MultiplyAdd(Wide(from.Blue + tap, indices), share, blue);
            }
            Store(red, green, blue, result.From(x));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Wide(float* from, T indices) => T.Shuffle(T.Load(from), T.Load(from + T.Count), indices);

    private static void Quadruple(Planes row, ResampleWeights weights, int count, Planes result)
    {
        for (int x = 0, block = 0; x < count; x += T.Count, block++)
        {
            var indices = T.Load(weights.Indices(block));
            var isNear = T.IsBelow(indices, 2 * T.Count);
            var weight = weights.Of(block);
            var from = row.From(weights.BlockStart(block) - weights.FirstInput);
            T red = default, green = default, blue = default;
            for (var tap = 0; tap < weights.Taps; tap++)
            {
                var share = T.Load(weight + tap * T.Count);
                red = T.MultiplyAdd(Widest(from.Red + tap, indices, isNear), share, red);
                green = T.MultiplyAdd(Widest(from.Green + tap, indices, isNear), share, green);
                blue = T.MultiplyAdd(Widest(from.Blue + tap, indices, isNear), share, blue);
            }
            Store(red, green, blue, result.From(x));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Widest(float* from, T indices, T isNear) =>
        T.Select(isNear, Wide(from, indices), Wide(from + 2 * T.Count, indices));

    private static void Dot(Planes row, ResampleWeights weights, int count, Planes result)
    {
        for (var x = 0; x < count; x++)
        {
            var weight = weights.Of(x);
            var from = row.From(weights.Start(x) - weights.FirstInput);
            T red = default, green = default, blue = default;
            for (var tap = 0; tap < weights.Stride; tap += T.Count)
            {
                var share = T.Load(weight + tap);
                red = T.MultiplyAdd(T.Load(from.Red + tap), share, red);
                green = T.MultiplyAdd(T.Load(from.Green + tap), share, green);
                blue = T.MultiplyAdd(T.Load(from.Blue + tap), share, blue);
            }
            (result.Red[x], result.Green[x], result.Blue[x]) = (T.Sum(red), T.Sum(green), T.Sum(blue));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T red, T green, T blue, Planes planes)
    {
        red.Store(planes.Red);
        green.Store(planes.Green);
        blue.Store(planes.Blue);
    }
}
