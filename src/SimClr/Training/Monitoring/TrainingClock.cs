using System.Diagnostics;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>
/// The time that training takes, in all and since the last logged step. What is measured between steps is left out of the whole.
/// </summary>
/// <param name="secondsBefore">Seconds of earlier sittings.</param>
/// <param name="stepsBefore">Steps of earlier sittings.</param>
internal sealed class TrainingClock(double secondsBefore, int stepsBefore)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private double _paused, _waited;
    private long _asked;
    private (long Started, int Step, double Waited) _window = (Stopwatch.GetTimestamp(), stepsBefore, 0);

    /// <summary>Seconds of training so far, earlier sittings included.</summary>
    public double Seconds => secondsBefore + SecondsHere;

    private double SecondsHere => Stopwatch.GetElapsedTime(_started).TotalSeconds - _paused;

    /// <summary>Training asks for a batch.</summary>
    public void WaitForData() => _asked = Stopwatch.GetTimestamp();

    /// <summary>The batch is there.</summary>
    public void DataArrived() => _waited += Stopwatch.GetElapsedTime(_asked).TotalSeconds;

    /// <summary>Does something whose time is not spent on training.</summary>
    public T Pause<T>(Func<T> work)
    {
        var begun = Stopwatch.GetTimestamp();
        var result = work();
        _paused += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return result;
    }

    /// <summary>How fast the steps since the last logged one were.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="total">Steps in all.</param>
    /// <param name="sizes">The views' sides, by whose pixels the time of the other steps is estimated.</param>
    /// <returns>Steps per second, the mean time that a step waited for its batch, and the time that the other steps will
    /// take.</returns>
    public (double StepsPerSecond, TimeSpan Wait, TimeSpan Remaining) Read(int step, int total, ImageSizes sizes)
    {
        var steps = step - _window.Step;
        return (steps / Stopwatch.GetElapsedTime(_window.Started).TotalSeconds,
            TimeSpan.FromSeconds((_waited - _window.Waited) / steps),
            TimeSpan.FromSeconds(SecondsHere / Pixels(stepsBefore, step) * Pixels(step, total)));

        double Pixels(int from, int to) => sizes.PixelsUpTo((double)to / total) - sizes.PixelsUpTo((double)from / total);
    }

    /// <summary>A step was logged; the next figures count from here.</summary>
    public void BeginWindow(int step) => _window = (Stopwatch.GetTimestamp(), step, _waited);
}
