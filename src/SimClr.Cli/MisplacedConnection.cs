using System.CommandLine;
using SimClr.Search;

namespace SimClr.Cli;

/// <summary>
/// Finds connection strings where none is understood. They may hold passwords, and what is not understood is repeated in
/// messages and becomes the name of a file; so they are refused before anything looks at them.
/// </summary>
internal static class MisplacedConnection
{
    /// <summary>The message, without any part of the text; or null.</summary>
    public static string? Find(ParseResult parsed)
    {
        if (!parsed.Tokens.Any(token => IsConnection(token.Value))) return null; // nearly always
        var command = parsed.CommandResult.Command as PageCommand;
        string[] understood = [.. Words(command?.Connection), .. Words(command?.WebAddress).Where(IsWebAddress)];
        return parsed.Tokens.Any(token => IsConnection(token.Value) && !understood.Contains(token.Value))
            ? ConnectionWords.Refusal
            : null;

        IEnumerable<string> Words(Symbol? symbol) =>
            symbol is null ? [] : parsed.GetResult(symbol)?.Tokens.Select(token => token.Value) ?? [];
    }

    // One with a password is none.
    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo: "" };

    // An option and its value may be one token.
    private static bool IsConnection(string token)
    {
        if (ConnectionWords.AreIn(token)) return true;
        var value = token.StartsWith("--", StringComparison.Ordinal) ? token.IndexOf('=', StringComparison.Ordinal) : -1;
        return value > 0 && ConnectionWords.AreIn(token[(value + 1)..]);
    }
}
