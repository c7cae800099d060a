using System.Diagnostics;
using SimClr.Numerics;

namespace SimClr.CrashLab;

/// <summary>What came of many kills.</summary>
/// <param name="Kills">Signals that met a living process.</param>
/// <param name="BeforeTraining">How many of them before it had logged a step.</param>
/// <param name="WhileWriting">How many left a checkpoint half written.</param>
/// <param name="Resumes">Processes that went on with a run.</param>
/// <param name="Runs">Runs that came to their end.</param>
/// <param name="Identical">How many of them came to the end of the undisturbed run, bit for bit.</param>
/// <param name="LongestStop">Seconds from SIGTERM to the end of the process, at most.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record KillTally(
    int Kills, int BeforeTraining, int WhileWriting, int Resumes, int Runs, int Identical, double LongestStop, double Seconds)
{
    /// <summary>What went wrong; empty when nothing did.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}

/// <summary>Ends a training process at random moments, over and over, and looks at what the runs come to.</summary>
internal sealed class KillTrial(Experiment experiment, ulong seed)
{
    private const int KillsPerRun = 5;

    private readonly List<string> _failures = [];
    private int _kills, _beforeTraining, _whileWriting, _resumes, _runs, _identical;
    private double _longestStop;

    /// <summary>Runs the trial.</summary>
    /// <param name="kills">How many signals.</param>
    /// <param name="terminate">SIGTERM instead of SIGKILL.</param>
    /// <param name="tell">Receives every run that came to its end; or null.</param>
    public KillTally Run(int kills, bool terminate, Action<string>? tell = null)
    {
        var begun = Stopwatch.GetTimestamp();
        while (_kills < kills)
        {
            var run = experiment.At($"run{_runs}");
            var until = Math.Min(kills, _kills + KillsPerRun);
            while (_kills < until && !File.Exists(Path.Combine(run, "summary.json"))) EndOne(run, terminate);
            Finish(run);
            tell?.Invoke($"{_kills} of {kills} kills, {_runs} runs, {_identical} identical");
            Directory.Delete(run, recursive: true);
        }
        return new KillTally(_kills, _beforeTraining, _whileWriting, _resumes, _runs, _identical, _longestStop,
            Stopwatch.GetElapsedTime(begun).TotalSeconds)
        {
            Failures = _failures,
        };
    }

    private void EndOne(string run, bool terminate)
    {
        var random = new CounterRandom(seed, 0, _kills, _runs, DrawPurpose.Split);
        using var process = Start(run);
        var logged = WaitForMoment(process, random);
        if (terminate)
        {
            var (code, took) = process.Terminate();
            if (code == 0) return; // it was done
            _longestStop = Math.Max(_longestStop, took.TotalSeconds);
            // 143: before the program was there to hear it.
            if (code != 130 && (logged || code != 128 + 15))
                _failures.Add($"SIGTERM gave exit code {code}: {process.WaitForEnd().Error}");
        }
        else if (!process.Kill())
        {
            var (code, error) = process.WaitForEnd();
            if (code != 0) _failures.Add($"Exit code {code} before the kill: {error}");
            return;
        }
        _kills++;
        if (!logged) _beforeTraining++;
        if (process.IsWriting()) _whileWriting++;
    }

    /// <summary>A fifth of the moments lie in the start, two fifths anywhere in training, two fifths in writing.</summary>
    /// <returns>Whether training was under way.</returns>
    private static bool WaitForMoment(TrainingProcess process, CounterRandom random)
    {
        var kind = random.NextDouble();
        if (kind < 0.2)
        {
            process.Wait(TimeSpan.FromSeconds(1.5 * random.NextDouble()));
            return false;
        }
        process.WaitForProgress();
        if (kind < 0.6)
        {
            process.Wait(TimeSpan.FromSeconds(0.4 * random.NextDouble()));
            return true;
        }
        for (var passed = random.NextInt32(4); passed >= 0; passed--)
        {
            process.WaitForQuiet();
            process.WaitForWriting();
        }
        return true;
    }

    private void Finish(string run)
    {
        using var process = Start(run);
        var (code, error) = process.WaitForEnd();
        _runs++;
        var difference = code == 0 ? experiment.Difference(run) : $"exit code {code}: {error}";
        if (difference is null) _identical++;
        else _failures.Add($"Run {_runs}: {difference}");
    }

    private TrainingProcess Start(string run)
    {
        var process = new TrainingProcess(experiment, run);
        if (process.IsResumed) _resumes++;
        return process;
    }
}
