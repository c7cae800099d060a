using System.Diagnostics;
using System.Security.Cryptography;
using SimClr.Numerics;

namespace SimClr.Fuzz;

/// <summary>Changes inputs, keeps those that do something new, and saves those that do what none may.</summary>
internal sealed class FuzzLoop
{
    private const string Current = "current";

    private readonly ReaderTarget _target;
    private readonly string _findings;
    private readonly ulong _seed;
    private readonly List<byte[]> _corpus = [];
    private readonly Coverage _coverage = new();
    private readonly HashSet<string> _told = [];
    private readonly Lock _gate = new();
    private Stopwatch _input = new();
    private TimeSpan _computedBefore;
    private TimeSpan _slowest;
    private readonly MemoryGrowth _growth = new();
    private long _largest, _mostResident, _executions, _corpusBytes;

    /// <param name="target">The reader.</param>
    /// <param name="corpus">Folder of inputs to begin with.</param>
    /// <param name="findings">Folder for inputs that do what none may.</param>
    /// <param name="seed">Decides about the changes.</param>
    public FuzzLoop(ReaderTarget target, string corpus, string findings, ulong seed)
    {
        (_target, _findings, _seed) = (target, findings, seed);
        Directory.CreateDirectory(findings);
        var died = Path.Combine(findings, Current);
        // The process that tried it did not come to its end.
        if (File.Exists(died)) File.Move(died, Path.Combine(findings, $"died-{NameOf(File.ReadAllBytes(died))}"), true);
        foreach (var file in Directory.GetFiles(corpus).Order(StringComparer.Ordinal)) Try(File.ReadAllBytes(file), keep: true);
        if (_corpus.Count == 0) _corpus.Add([]);
    }

    /// <summary>Goes on for a while.</summary>
    /// <returns>How many different findings there were.</returns>
    public int Run(TimeSpan duration, TextWriter log)
    {
        _ = new Timer(_ => EndIfHanging(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var clock = Stopwatch.StartNew();
        var nextReport = TimeSpan.Zero;
        for (var item = 0; clock.Elapsed < duration; item++)
        {
            var random = new CounterRandom(_seed, 0, item, 0, DrawPurpose.Order);
            // The newest find is the likeliest to lead on.
            var from = _corpus[random.NextBernoulli(0.3) ? _corpus.Count - 1 : random.NextInt32(_corpus.Count)];
            var other = _corpus[random.NextInt32(_corpus.Count)];
            var input = _target.Mend(Mutator.Mutate(from, other, _target.Words, random), random);
            Try(input, keep: false);
            if (clock.Elapsed < nextReport) continue;
            if (_growth.Finding(_corpusBytes) is { } finding) Save(input, finding);
            log.WriteLine(Report(clock.Elapsed));
            nextReport += TimeSpan.FromSeconds(30);
        }
        log.WriteLine(Report(clock.Elapsed));
        File.Delete(Path.Combine(_findings, Current));
        return _told.Count;
    }

    private void Try(byte[] input, bool keep)
    {
        // Should the process die of it, this is what remains.
        File.WriteAllBytes(Path.Combine(_findings, Current), input);
        lock (_gate) (_input, _computedBefore) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        Coverage.Begin();
        var verdict = Verdict.Of(_target, input);
        var fresh = _coverage.End(verdict.Outcome);
        lock (_gate) _input.Stop();
        _executions++;
        if (verdict.Elapsed > _slowest) _slowest = verdict.Elapsed;
        _largest = Math.Max(_largest, verdict.Allocated);
        _mostResident = Math.Max(_mostResident, verdict.Resident);
        if (fresh || keep)
        {
            _corpus.Add(input);
            _corpusBytes += input.Length;
        }
        if (verdict.Finding is not null) Save(input, verdict.Finding);
    }

    private void Save(byte[] input, string finding)
    {
        // An exception is reported once for each place that throws it.
        var lines = finding.Split('\n');
        var kind = lines.FirstOrDefault(line => line.Contains(" at SimClr.", StringComparison.Ordinal)) ?? "";
        if (!_told.Add(lines[0].Split(' ')[0] + kind)) return;
        var name = Path.Combine(_findings, NameOf(input));
        File.WriteAllBytes(name, input);
        File.WriteAllText(name + ".txt", finding);
        Console.WriteLine($"FINDING {name}: {lines[0]}");
    }

    private void EndIfHanging()
    {
        lock (_gate)
        {
            // Much time with little computing is a busy machine, unless it is very much.
            if (!_input.IsRunning || (_input.Elapsed < TimeSpan.FromMinutes(10)
                && Environment.CpuUsage.TotalTime - _computedBefore < TimeSpan.FromSeconds(10))) return;
        }
        Console.WriteLine($"FINDING {Path.Combine(_findings, Current)} hangs");
        Environment.Exit(1);
    }

    private string Report(TimeSpan elapsed) =>
        $"{elapsed.TotalSeconds:0} s, {_executions:N0} inputs, {_corpus.Count} kept, {_coverage.BranchCount} branches, "
        + $"{_coverage.OutcomeCount} outcomes, slowest {_slowest.TotalMilliseconds:0.0} ms, "
        + $"most managed memory {_largest:N0} bytes, most resident {_mostResident:N0} bytes, "
        + $"growth {_growth.Bytes / 1e6:0.0} MB, {_told.Count} findings";

    private static string NameOf(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input))[..12];
}
