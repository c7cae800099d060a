using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SimClr.Studies;

/// <summary>The measured peaks of one core of this machine: the two roofs of a roofline estimate.</summary>
/// <param name="FlopsPerSecond">Float32 operations per second, a multiply-add counting as two.</param>
/// <param name="BytesPerSecond">
/// Bytes per second of memory traffic (read and written) when copying more than the caches hold.
/// </param>
public sealed record MachinePeaks(double FlopsPerSecond, double BytesPerSecond)
{
    private const int Repetitions = 5;

    /// <summary>Measures both, in about half a second.</summary>
    public static MachinePeaks Measure() => new(Best(Arithmetic), Best(Copying));

    // Other work on the machine only ever slows a measurement down: the best is nearest to the truth.
    private static double Best(Func<double> measure) => Enumerable.Range(0, Repetitions + 1).Max(_ => measure());

    private static double Arithmetic()
    {
        const int rounds = 2_000_000;
        const int chains = 8; // independent ones, that hide the latency of a multiply-add: 4 cycles, two at a time
        Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.25f));
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        GC.KeepAlive(Vector512.Sum(a + b + c + d + e + f + g + h)); // or the loop would be thrown away
        return 2.0 * chains * Vector512<float>.Count * rounds / seconds;
    }

    private static unsafe double Copying()
    {
        const nuint bytes = 128 << 20;
        var memory = (byte*)NativeMemory.AlignedAlloc(2 * bytes, 64);
        try
        {
            NativeMemory.Fill(memory, 2 * bytes, 1); // page faults belong to nobody's measurement
            var started = Stopwatch.GetTimestamp();
            NativeMemory.Copy(memory, memory + bytes, bytes);
            return 2.0 * bytes / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
