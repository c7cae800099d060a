using Microsoft.Extensions.Logging;

namespace SimClr.Cli.Display;

/// <summary>
/// What the library logs, as lines: the message alone. The library's name for a setting becomes the option's; only advice
/// names settings, and other values, such as the name of an image file, stay as they are.
/// </summary>
internal sealed class ConsoleLogger(Action<string> write) : ILogger
{
    private const string Advice = "Advice"; // in the templates of the library's messages

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var line = formatter(state, exception);
        if (state is IEnumerable<KeyValuePair<string, object?>> values
            && values.FirstOrDefault(value => value.Key == Advice).Value is string { Length: > 0 } advice)
            line = line.Replace(advice, SettingWords.OfWarning(advice), StringComparison.Ordinal);
        write(line);
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
