using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimClr.Cli;

/// <summary>The error of a command line, in one sentence, with the nearest name that exists.</summary>
/// <remarks>
/// System.CommandLine's own corrections are a list on stdout. They correct values too (to <c>-h</c>), and miss an option that
/// was taken for DATA.
/// </remarks>
internal static class UsageError
{
    /// <summary>The first mistake, or null.</summary>
    public static string? Find(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0 && Stray(parsed).FirstOrDefault() is null && Repeated(parsed) is null) return null;
        if (AsksForHelp(parsed)) return null;
        var command = parsed.CommandResult.Command;
        foreach (var token in Stray(parsed))
        {
            if (token.Length > 1 && token[0] == '-') return $"unknown option {token}{Suggest(token, OptionNames(command))}";
            if (command.Subcommands.Count > 0)
                return $"unknown command '{token}'{Suggest(token, [.. command.Subcommands.Select(c => c.Name)])}";
        }
        foreach (var option in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            if (!option.Implicit && option.Tokens.Count < option.Option.Arity.MinimumNumberOfValues)
                return $"{option.Option.Name} needs a value: {option.Option.HelpName}";
        }
        if (Repeated(parsed) is { } repeated) return $"{repeated.Name} is given twice";
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
            return $"{command.Name} needs one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}";
        foreach (var argument in command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && (parsed.GetResult(argument)?.Tokens.Count ?? 0) == 0)
                return $"{command.Name} needs {argument.Name}";
        }
        if (parsed.UnmatchedTokens is [var extra, ..]) return $"'{extra}' is one word too many";
        return parsed.Errors is [var error, ..] ? error.Message.Split('\n', 2)[0] : null;
    }

    /// <summary>Words that were not understood, or that were taken for DATA although they look like options.</summary>
    private static IEnumerable<string> Stray(ParseResult parsed)
    {
        foreach (var argument in parsed.CommandResult.Children.OfType<ArgumentResult>())
            foreach (var token in argument.Tokens)
                if (token.Value is ['-', _, ..]) yield return token.Value;
        foreach (var token in parsed.UnmatchedTokens) yield return token;
    }

    /// <summary>
    /// An option that is given more often than it may be. System.CommandLine lets flags, and equal values, pass.
    /// </summary>
    private static Option? Repeated(ParseResult parsed) => parsed.CommandResult.Children.OfType<OptionResult>()
        .FirstOrDefault(option => option.IdentifierTokenCount > 1 && option.Option.Arity.MaximumNumberOfValues <= 1)?.Option;

    private static bool AsksForHelp(ParseResult parsed) => parsed.Tokens.Any(t => t.Value is "--help" or "-h" or "-?");

    private static List<string> OptionNames(Command command) =>
        [.. command.Options.Where(o => !o.Hidden).Select(o => o.Name), "--help"];

    private static string Suggest(string word, IReadOnlyList<string> names)
    {
        var nearest = names.MinBy(name => Distance(word, name));
        return nearest is not null && Distance(word, nearest) <= Math.Max(2, word.Length / 3) ? $"; did you mean {nearest}?" : "";
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}
