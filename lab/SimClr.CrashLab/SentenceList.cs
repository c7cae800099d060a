using Microsoft.Extensions.Logging;

namespace SimClr.CrashLab;

/// <summary>Keeps the sentences that a run logs.</summary>
internal sealed class SentenceList(List<string> sentences) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        sentences.Add(formatter(state, exception));

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
