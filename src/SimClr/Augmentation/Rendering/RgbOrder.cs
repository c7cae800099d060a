using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>
/// Between planes and interleaved pixels, one vector of each channel at a time. The number of lanes n is not a multiple of 3;
/// therefore, of three vectors of interleaved pixels, each lane holds red in one, green in another and blue in the third, and
/// two blends gather a channel, in an order that one shuffle puts right. Join takes the same steps in reverse.
/// </summary>
internal static unsafe class RgbOrder<T> where T : unmanaged, ILanes<T>
{
    // Not readonly: from a mask that it knows, the compiler makes a mask register anew for every blend, which takes longer.
    private static T _laneIs0Mod3 = MaskOf(0), _laneIs1Mod3 = MaskOf(1);
    private static readonly T RedLanes = LanesOf(0), GreenLanes = LanesOf(1), BlueLanes = LanesOf(2);
    private static readonly T RedPixels = PixelsOf(0), GreenPixels = PixelsOf(1), BluePixels = PixelsOf(2);

    /// <summary>Which of the three vectors begins with green, in vectors; the one that begins with blue is the other.</summary>
    public static int GreenFirst
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => T.Count % 3 == 1 ? 1 : 2;
    }

    /// <summary>Which of the three vectors begins with blue.</summary>
    public static int BlueFirst
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3 - GreenFirst;
    }

    /// <summary>From interleaved pixels, named by the channel they begin with, to planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (T Red, T Green, T Blue) Split(T redFirst, T greenFirst, T blueFirst) => (
        T.Shuffle(Blend(redFirst, blueFirst, greenFirst), RedLanes),
        T.Shuffle(Blend(greenFirst, redFirst, blueFirst), GreenLanes),
        T.Shuffle(Blend(blueFirst, greenFirst, redFirst), BlueLanes));

    /// <summary>From planes to interleaved pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (T RedFirst, T GreenFirst, T BlueFirst) Join(T red, T green, T blue)
    {
        red = T.Shuffle(red, RedPixels);
        green = T.Shuffle(green, GreenPixels);
        blue = T.Shuffle(blue, BluePixels);
        return (Blend(red, green, blue), Blend(green, blue, red), Blend(blue, red, green));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Blend(T lanes0Mod3, T lanes1Mod3, T lanes2Mod3) =>
        T.Select(_laneIs0Mod3, lanes0Mod3, T.Select(_laneIs1Mod3, lanes1Mod3, lanes2Mod3));

    private static T MaskOf(int remainder) => FromBits(lane => lane % 3 == remainder ? -1 : 0);

    /// <summary>In which lane the channel of each pixel is found.</summary>
    private static T LanesOf(int channel) => FromBits(pixel => (3 * pixel + channel) % T.Count);

    /// <summary>Which pixel's channel belongs in each lane.</summary>
    private static T PixelsOf(int channel) => FromBits(lane =>
    {
        var pixel = 0;
        while ((3 * pixel + channel) % T.Count != lane) pixel++;
        return pixel;
    });

    private static T FromBits(Func<int, int> bitsOfLane)
    {
        var bits = stackalloc int[T.Count];
        for (var lane = 0; lane < T.Count; lane++) bits[lane] = bitsOfLane(lane);
        return T.Load((float*)bits);
    }
}
