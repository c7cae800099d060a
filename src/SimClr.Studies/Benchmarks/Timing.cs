using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>How long something takes, on a device that works ahead.</summary>
internal static class Timing
{
    /// <summary>Seconds from an idle device to an idle device.</summary>
    public static double Seconds(Device device, Action action)
    {
        Synchronize(device);
        var begun = Stopwatch.GetTimestamp();
        action();
        Synchronize(device);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Waits until a device has done what it was given.</summary>
    public static void Synchronize(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    /// <summary>The middle one, or the higher of the two in the middle.</summary>
    public static double Median(IReadOnlyList<double> values) => Median(values, value => value);

    /// <summary>The middle one of some figures.</summary>
    public static double Median<T>(IReadOnlyList<T> laps, Func<T, double> figure) =>
        laps.Select(figure).Order().ElementAt(laps.Count / 2);
}
