using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SimClr.Settings;

namespace SimClr.Cli;

/// <summary>
/// The options of a command that fill a record. A row says how a value is taken from the record, which gives the option's name
/// and default, and how it is put in. Bounds are the record's affair.
/// </summary>
/// <param name="command">The command, to which every option is added.</param>
/// <param name="defaults">The defaults.</param>
internal sealed class OptionSet<TOptions>(Command command, TOptions defaults)
{
    private readonly List<Row> _rows = [];

    private string _heading = IShownOption.Ungrouped;

    /// <summary>Which options the command has; all, if not said otherwise.</summary>
    public Func<IShownOption, bool> Takes { get; init; } = _ => true;

    /// <summary>Puts the next options under a heading.</summary>
    public OptionSet<TOptions> Under(string heading)
    {
        _heading = heading;
        return this;
    }

    /// <summary>Adds an option with a value.</summary>
    /// <param name="get">
    /// Takes the value: <c>o => o.BatchSize</c> is <c>--batch-size</c>, and <c>o => o.Embedder.Device</c> is <c>--device</c>.
    /// </param>
    /// <param name="with">The record with another value: <c>(o, v) => o with { BatchSize = v }</c>.</param>
    /// <param name="placeholder">The placeholder of the value in help.</param>
    /// <param name="help">One line, with the unit.</param>
    /// <param name="name">The option's name, where it is not the property's.</param>
    /// <param name="shown">The default in help, where it is not the value's text; empty for none.</param>
    /// <param name="read">Reads the value, where it is not written as its type is.</param>
    /// <param name="property">The text of <paramref name="get"/>.</param>
    public OptionSet<TOptions> Add<TValue>(
        Func<TOptions, TValue> get, Func<TOptions, TValue, TOptions> with, string placeholder, string help, string? name = null,
        string? shown = null, Func<ArgumentResult, TValue>? read = null,
        [CallerArgumentExpression(nameof(get))] string property = "")
    {
        string? Text() => ValueText.Of(shown ?? (object?)get(defaults));
        var option = new ValueOption<TValue>(name ?? NameOf(property), placeholder, help, Text, read) { Heading = _heading };
        return Take(option, (options, parsed) => with(options, parsed.GetValue(option)!));
    }

    /// <summary>Adds an option whose value is true or false.</summary>
    /// <remarks>
    /// It is text for System.CommandLine, which would take any other word for the next argument, not for a wrong value.
    /// </remarks>
    public OptionSet<TOptions> AddSwitch(Func<TOptions, bool> get, Func<TOptions, bool, TOptions> with, string help,
        [CallerArgumentExpression(nameof(get))] string property = "") =>
        Add(o => ValueText.Of(get(o))!, (o, v) => with(o, v == ValueText.True), "BOOL", help, NameOf(property),
            read: ValueReader.TrueOrFalse);

    /// <summary>Adds an option whose value is one of some words.</summary>
    /// <remarks>A word that is none of them is reported as in files, when the options are read.</remarks>
    public OptionSet<TOptions> AddChoice<TValue>(Func<TOptions, TValue> get, Func<TOptions, TValue, TOptions> with,
        Choices<TValue> choices, string help, string placeholder = "NAME",
        [CallerArgumentExpression(nameof(get))] string property = "") =>
        Add(o => choices.WordOf(get(o)), (o, v) => with(o, choices.Parse(v)), placeholder, help, NameOf(property));

    /// <summary>Adds an option without a value.</summary>
    /// <param name="name">With dashes.</param>
    /// <param name="with">The record where the option is given.</param>
    /// <param name="help">One line.</param>
    public OptionSet<TOptions> AddFlag(string name, Func<TOptions, TOptions> with, string help) =>
        Take(new FlagOption(name, help) { Heading = _heading }, (options, _) => with(options));

    /// <summary>Adds an argument.</summary>
    public OptionSet<TOptions> Add<TValue>(Argument<TValue> argument, Func<TOptions, TValue, TOptions> with)
    {
        command.Arguments.Add(argument);
        _rows.Add(new(argument, (options, parsed) => with(options, parsed.GetValue(argument)!)));
        return this;
    }

    /// <summary>The defaults, replaced by the options that the user gave.</summary>
    public TOptions Read(ParseResult parsed) =>
        _rows.Where(row => row.IsGiven(parsed)).Aggregate(defaults, (options, row) => row.Put(options, parsed));

    /// <summary>Names of the options that the user gave.</summary>
    public IEnumerable<string> Given(ParseResult parsed) =>
        from row in _rows where row.Symbol is Option && row.IsGiven(parsed) select row.Symbol.Name;

    private OptionSet<TOptions> Take<TOption>(TOption option, Func<TOptions, ParseResult, TOptions> put)
        where TOption : Option, IShownOption
    {
        if (!Takes(option)) return this;
        command.Options.Add(option);
        _rows.Add(new(option, put));
        return this;
    }

    private static string NameOf(string property) =>
        "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property[(property.LastIndexOf('.') + 1)..]);

    private sealed record Row(Symbol Symbol, Func<TOptions, ParseResult, TOptions> Put)
    {
        public bool IsGiven(ParseResult parsed) =>
            parsed.GetResult(Symbol) is { Tokens.Count: > 0 } or OptionResult { Implicit: false };
    }
}
