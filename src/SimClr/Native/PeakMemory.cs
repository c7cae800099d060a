using System.Globalization;

namespace SimClr.Native;

/// <summary>The resident memory of this process, as Linux keeps account of it.</summary>
public static class PeakMemory
{
    private const string Status = "/proc/self/status", Reset = "/proc/self/clear_refs";

    /// <summary>
    /// How far resident memory rises above where it is while something is done, in bytes; null where the system does not tell.
    /// </summary>
    public static long? Rise(Action action)
    {
        GC.Collect();
        return RiseAsItIs(action);
    }

    /// <summary>
    /// The same without a collection first, so that garbage of before may be collected meanwhile and hide some of it.
    /// </summary>
    public static long? RiseAsItIs(Action action)
    {
        var known = TryReset();
        var before = known ? Read("VmRSS:") : 0;
        action();
        return known ? Math.Max(0, Read("VmHWM:") - before) : null;
    }

    /// <summary>
    /// Resident bytes after garbage collection and after free memory is returned; null where the system does not report it.
    /// </summary>
    public static long? Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        NativeHeap.GiveBackFreeMemory();
        return File.Exists(Status) ? Read("VmRSS:") : null;
    }

    private static bool TryReset()
    {
        try
        {
            File.WriteAllText(Reset, "5"); // sets the peak to what is resident now, see proc(5)
            return File.Exists(Status);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Read(string name)
    {
        var line = File.ReadLines(Status).First(l => l.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }
}
