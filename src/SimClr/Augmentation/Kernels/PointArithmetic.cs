using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>The arithmetic of <see cref="PointOperation"/>s, on a strip of pixels that stays in the nearest cache.</summary>
internal static unsafe class PointArithmetic<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Does one operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="meanLuma">The image's, as it is now; only contrast looks at it.</param>
    /// <param name="planes">The strip, changed in place.</param>
    /// <param name="count">Number of pixels, a multiple of the lanes.</param>
    public static void Apply(PointOperation operation, float meanLuma, Planes planes, int count)
    {
        var value = operation.Value;
        switch (operation.Kind)
        {
            case PointKind.Brightness: Scale(value, 0, planes, count); break;
            case PointKind.Contrast: Scale(value, (1 - value) * meanLuma, planes, count); break;
            case PointKind.Saturation: AdjustSaturation(value, planes, count); break;
            case PointKind.Hue: if (value != 0) TurnHue(value, planes, count); break;
            case PointKind.Grayscale: RemoveColor(planes, count); break;
            default: Scale(1, 0, planes, count); break;
        }
    }

    /// <summary>The sum of the luma of some pixels.</summary>
    public static double SumLuma(Planes planes, int count)
    {
        // A float32 sum of a large image loses digits: blocks are summed in float32, the blocks in float64.
        var block = 64 * T.Count;
        var (whole, total) = (count / T.Count * T.Count, 0.0);
        for (var first = 0; first < whole; first += block)
        {
            T sum = default;
            for (var i = first; i < Math.Min(first + block, whole); i += T.Count)
                sum += Luma(T.Load(planes.Red + i), T.Load(planes.Green + i), T.Load(planes.Blue + i));
            total += T.Sum(sum);
        }
        for (var i = whole; i < count; i++) total += 0.2989 * planes.Red[i] + 0.587 * planes.Green[i] + 0.114 * planes.Blue[i];
        return total;
    }

    private static void Scale(float factor, float offset, Planes planes, int count)
    {
        Scale(factor, offset, planes.Red, count);
        Scale(factor, offset, planes.Green, count);
        Scale(factor, offset, planes.Blue, count);
    }

    private static void Scale(float factor, float offset, float* plane, int count)
    {
        var (f, o) = (T.All(factor), T.All(offset));
        for (var i = 0; i < count; i += T.Count) Clamped(T.MultiplyAdd(f, T.Load(plane + i), o)).Store(plane + i);
    }

    /// <summary>Blends every pixel with its own luma.</summary>
    private static void AdjustSaturation(float factor, Planes planes, int count)
    {
        var (f, rest) = (T.All(factor), T.All(1 - factor));
        for (var i = 0; i < count; i += T.Count)
        {
            var (r, g, b) = (T.Load(planes.Red + i), T.Load(planes.Green + i), T.Load(planes.Blue + i));
            var gray = rest * Luma(r, g, b);
            Clamped(T.MultiplyAdd(f, r, gray)).Store(planes.Red + i);
            Clamped(T.MultiplyAdd(f, g, gray)).Store(planes.Green + i);
            Clamped(T.MultiplyAdd(f, b, gray)).Store(planes.Blue + i);
        }
    }

    /// <summary>Turns the hue in HSV space, keeping saturation and value.</summary>
    /// <remarks>
    /// With hue h in sixths of a turn and chroma c, a channel is its smallest value plus c · max(0, min(1, d - 1)), where d is
    /// the distance, around the circle of 6, between h and the hue opposite to the channel: 3, 5 (or -1) and 1 for red, green and
    /// blue. Everything is multiplied by c here, so that nothing is divided by it and grays need no special case.
    /// </remarks>
    private static void TurnHue(float turn, Planes planes, int count)
    {
        var redTurn = T.All(Wrapped(6 * turn));
        var greenTurn = T.All(Wrapped(6 * turn + 2));
        var blueTurn = T.All(Wrapped(6 * turn + 4));
        for (var i = 0; i < count; i += T.Count)
        {
            var (r, g, b) = (T.Load(planes.Red + i), T.Load(planes.Green + i), T.Load(planes.Blue + i));
            var largest = T.Max(r, T.Max(g, b));
            var smallest = T.Min(r, T.Min(g, b));
            var chroma = largest - smallest;
            var (isRed, isGreen) = (T.Equal(largest, r), T.Equal(largest, g));
            var hue = T.MultiplyAdd( // times chroma; from -1 to below 7
                T.Select(isRed, redTurn, T.Select(isGreen, greenTurn, blueTurn)), chroma,
                T.Select(isRed, g - b, T.Select(isGreen, b - r, r - g)));
            var two = chroma + chroma;
            var three = two + chroma;
            var floor = smallest - chroma;
            // |h - 3| is that distance for red; for the others, whose turning point h may pass, it is | |h - opposite ± 3| - 3 |.
            Between(smallest, T.Abs(hue - three) + floor, largest).Store(planes.Red + i);
            Between(smallest, T.Abs(T.Abs(hue - two) - three) + floor, largest).Store(planes.Green + i);
            Between(smallest, T.Abs(T.Abs(hue - two - two) - three) + floor, largest).Store(planes.Blue + i);
        }
    }

    private static void RemoveColor(Planes planes, int count)
    {
        for (var i = 0; i < count; i += T.Count)
        {
            var luma = Luma(T.Load(planes.Red + i), T.Load(planes.Green + i), T.Load(planes.Blue + i));
            luma.Store(planes.Red + i);
            luma.Store(planes.Green + i);
            luma.Store(planes.Blue + i);
        }
    }

    /// <summary>The same angle from 0 to below 6.</summary>
    private static float Wrapped(float sixths) => sixths - 6 * MathF.Floor(sixths / 6);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Luma(T red, T green, T blue) =>
        T.MultiplyAdd(T.All(0.114f), blue, T.MultiplyAdd(T.All(0.587f), green, T.All(0.2989f) * red));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Clamped(T value) => Between(default, value, T.All(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Between(T low, T value, T high) => T.Min(T.Max(value, low), high);
}
