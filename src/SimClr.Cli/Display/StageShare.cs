using System.Diagnostics;

namespace SimClr.Cli.Display;

/// <summary>
/// How much of a stage is done, and how long the rest will take, behind the stage's words: often where somebody watches a
/// terminal, now and then as lines elsewhere. May be called from any thread.
/// </summary>
internal sealed class StageShare : IProgress<double>, IProgress<int>
{
    private readonly Lock _lock = new();
    private readonly IProgress<string> _stage;
    private readonly string _words;
    private readonly int _total;
    private readonly TimeSpan _interval;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _written = Stopwatch.GetTimestamp();

    /// <summary>Begins a stage, and says so.</summary>
    /// <param name="session">Whether somebody watches.</param>
    /// <param name="stage">Receives the words.</param>
    /// <param name="words">The current stage.</param>
    /// <param name="total">How many things there are to do, where they are counted.</param>
    public StageShare(Session session, IProgress<string> stage, string words, int total = 0)
        : this(stage, words, total, TimeSpan.FromSeconds(session.IsLive ? 0.5 : 15))
    {
    }

    internal StageShare(IProgress<string> stage, string words, int total, TimeSpan interval)
    {
        (_stage, _words, _total, _interval) = (stage, words, total, interval);
        stage.Report(words);
    }

    /// <summary>A share is done.</summary>
    public void Report(double value) => Tell(value, $"{Math.Floor(100 * value):0} %");

    /// <summary>Reports the number of finished items.</summary>
    public void Report(int value) => Tell((double)value / _total, $"{Numbers.Count(value)} done");

    private void Tell(double share, string done)
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_written) < _interval || share is not (> 0 and < 1)) return;
            _written = Stopwatch.GetTimestamp();
            var left = Stopwatch.GetElapsedTime(_begun) * ((1 - share) / share);
            _stage.Report($"{_words}: {done}, {Numbers.Duration(left)} left");
        }
    }
}
