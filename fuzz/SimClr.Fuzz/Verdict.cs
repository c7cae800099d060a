using System.Diagnostics;
using System.Text.RegularExpressions;
using SimClr.Native;

namespace SimClr.Fuzz;

/// <summary>What one input did.</summary>
/// <param name="Outcome">What came of it, alike for inputs that did alike.</param>
/// <param name="Finding">What it did that no input may; null for most.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Allocated">Managed memory, in bytes.</param>
/// <param name="Resident">How far the process's memory rose, decoders' own included, in bytes; 0 where the system does not
/// tell.</param>
internal sealed partial record Verdict(string Outcome, string? Finding, TimeSpan Elapsed, long Allocated, long Resident)
{
    /// <summary>No input may take longer.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Reads an input and judges what happens.</summary>
    public static Verdict Of(ReaderTarget target, byte[] input)
    {
        var verdict = WithoutClock(target, input);
        if (verdict.Elapsed <= TimeLimit) return verdict;
        // On a busy machine a thread may only have waited for its turn.
        var before = Environment.CpuUsage.TotalTime;
        verdict = WithoutClock(target, input);
        var busy = Environment.CpuUsage.TotalTime - before;
        return busy > TimeLimit ? verdict with { Finding = $"takes {busy.TotalSeconds:0.0} s of computing" } : verdict;
    }

    /// <summary>The same without a judgement of the time it took.</summary>
    public static Verdict WithoutClock(ReaderTarget target, byte[] input)
    {
        var verdict = Measured(target, input);
        var bound = target.AllocationBound(input.Length) + target.NativeBound(input.Length);
        if (verdict.Resident <= bound) return verdict;
        // The collector may only have put off its work until now.
        PeakMemory.Settled();
        verdict = Measured(target, input);
        return verdict.Resident <= bound ? verdict : verdict with
        {
            Finding = verdict.Finding ?? $"takes {verdict.Resident:N0} bytes of resident memory; the bound for "
                + $"{input.Length:N0} bytes is {bound:N0}",
        };
    }

    private static Verdict Measured(ReaderTarget target, byte[] input)
    {
        var verdict = new Verdict("", null, default, 0, 0);
        var resident = PeakMemory.RiseAsItIs(() => verdict = Managed(target, input));
        return verdict with { Resident = resident ?? 0 };
    }

    private static Verdict Managed(ReaderTarget target, byte[] input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        string outcome;
        string? finding = null;
        try
        {
            outcome = target.Read(input);
        }
        catch (Exception e)
        {
            outcome = $"{e.GetType().Name} {e.InnerException?.GetType().Name} {Pattern(e.Message)}";
            if (!target.IsDocumented(e)) finding = e.ToString();
        }
        watch.Stop();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var bound = target.AllocationBound(input.Length);
        if (allocated > bound)
            finding ??= $"takes {allocated:N0} bytes of memory; the bound for {input.Length:N0} bytes is {bound:N0}";
        return new Verdict(outcome, finding, watch.Elapsed, allocated, 0);
    }

    /// <summary>The first words of a message, without what it quotes of the input.</summary>
    private static string Pattern(string message)
    {
        var bare = Quoted().Replace(message.Length > 400 ? message[..400] : message, "");
        return bare.Length > 60 ? bare[..60] : bare;
    }

    [GeneratedRegex(@"/\S+|'[^']*'?|""[^""]*""?|[^A-Za-z ]+|Path:.*|Setting .* cannot|the first in the|Unknown setting.*")]
    private static partial Regex Quoted();
}
