using Microsoft.Extensions.Logging;

namespace SimClr.Tests.Fixtures;

/// <summary>Keeps what is logged.</summary>
/// <param name="written">Receives each message at once; or null.</param>
public sealed class ListLogger(Action<string>? written = null) : ILogger
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>The messages.</summary>
    public IReadOnlyList<string> Lines => [.. Entries.Select(entry => entry.Message)];

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = Assert.IsType<IReadOnlyList<KeyValuePair<string, object?>>>(state, exactMatch: false);
        var message = formatter(state, exception);
        lock (_gate) _entries.Add(new(logLevel, eventId.Name!, message, values.ToDictionary(), exception));
        written?.Invoke(message);
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <param name="Level">How grave it is.</param>
    /// <param name="Event">The name of the event.</param>
    /// <param name="Message">The whole message.</param>
    /// <param name="Values">Its structured values by name.</param>
    /// <param name="Exception">What happened; or null.</param>
    public sealed record Entry(
        LogLevel Level, string Event, string Message, IReadOnlyDictionary<string, object?> Values, Exception? Exception);
}
