using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SimClr.CrashLab;

/// <summary>The command, training in a folder: it begins a run where there is none, and else goes on with it.</summary>
internal sealed partial class TrainingProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "SimClr.Cli.dll");

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly string _metrics, _checkpoints;
    private readonly DateTime _metricsBefore;

    public TrainingProcess(Experiment experiment, string run)
    {
        (_metrics, _checkpoints) = (Path.Combine(run, "metrics.jsonl"), Path.Combine(run, "checkpoints"));
        _metricsBefore = File.GetLastWriteTimeUtc(_metrics);
        IsResumed = File.Exists(Path.Combine(run, "config.json"));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] args = IsResumed
            ? [Program, "pretrain", "--resume", run, "--quiet", "--json"]
            : [Program, "pretrain", Experiment.Data, "--out", run, "--config", experiment.Settings, "--quiet", "--json"];
        foreach (var arg in args) start.ArgumentList.Add(arg);
        start.Environment["OMP_NUM_THREADS"] = "1";
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync(); // so that the pipe never fills
    }

    public bool IsResumed { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Waits until a step was logged, or the process ended.</summary>
    public void WaitForProgress() =>
        Until(() => new FileInfo(_metrics) is { Exists: true, Length: > 0 } file && file.LastWriteTimeUtc != _metricsBefore);

    /// <summary>
    /// Waits until a checkpoint is being written, or the process ended. Looks without pause, since that takes milliseconds.
    /// </summary>
    public void WaitForWriting() => Until(IsWriting, pause: false);

    /// <summary>Waits until none is being written, or the process ended.</summary>
    public void WaitForQuiet() => Until(() => !IsWriting(), pause: false);

    public bool IsWriting() => Directory.Exists(_checkpoints) && Directory.EnumerateFiles(_checkpoints, "*.tmp").Any();

    /// <summary>Waits some time, but not beyond the end.</summary>
    public void Wait(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Ends the process at once and leaves it no chance (SIGKILL).</summary>
    /// <returns>Whether it was still alive.</returns>
    public bool Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        return _process.ExitCode == 128 + 9;
    }

    /// <summary>Asks the process to end (SIGTERM), as a cluster does before it kills.</summary>
    /// <returns>What it returned, and how long that took.</returns>
    public (int Code, TimeSpan Took) Terminate()
    {
        var begun = Stopwatch.GetTimestamp();
        _ = SendSignal(_process.Id, 15);
        WaitForEnd();
        return (_process.ExitCode, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code and what was said on stderr.</returns>
    public (int Code, string Error) WaitForEnd()
    {
        if (!_process.WaitForExit(Patience)) throw new TimeoutException($"The process did not end within {Patience}.");
        return (_process.ExitCode, _error.Result.Trim());
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private void Until(Func<bool> holds, bool pause = true)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!_process.HasExited && !Safe(holds))
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience) throw new TimeoutException($"Nothing happened for {Patience}.");
            if (pause) Thread.Sleep(2);
        }
    }

    // Files come and go during the listing.
    private static bool Safe(Func<bool> holds)
    {
        try
        {
            return holds();
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
