using System.CommandLine;
using System.Globalization;

namespace SimClr.Cli;

/// <summary>An option as help shows it: under a heading, with its default.</summary>
internal interface IShownOption
{
    /// <summary>The heading in help.</summary>
    string Group { get; }

    /// <summary>The default as text, or null.</summary>
    string? Default { get; }
}

/// <summary>
/// An option with a value. The value stays text until a command asks for it, so that a wrong one is reported in our words.
/// </summary>
internal sealed class ValueOption : Option<string?>, IShownOption
{
    /// <param name="name">With dashes, <c>--epochs</c>.</param>
    /// <param name="value">The value's placeholder or its choices.</param>
    /// <param name="help">One line, with the unit.</param>
    public ValueOption(string name, string value, string help) : base(name) => (HelpName, Description) = (value, help);

    public string Group { get; init; } = "Options";

    public string? Default { get; init; }

    /// <summary>The text given, or null.</summary>
    public string? Text(ParseResult parsed) => parsed.GetValue(this);

    /// <summary>A whole number, at least <paramref name="least"/>.</summary>
    /// <exception cref="UsageException">It is not one.</exception>
    public int Whole(ParseResult parsed, int otherwise, int least = int.MinValue)
    {
        if (Text(parsed) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
            return number;
        var bound = least > int.MinValue ? $", at least {least}" : "";
        throw new UsageException($"{Name} must be a whole number{bound}, not '{text}'");
    }

    /// <summary>A number.</summary>
    /// <exception cref="UsageException">It is not one.</exception>
    public double Number(ParseResult parsed, double otherwise)
    {
        if (Text(parsed) is not { } text) return otherwise;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new UsageException($"{Name} must be a number, not '{text}'");
    }

    /// <summary>A seed.</summary>
    /// <exception cref="UsageException">It is not one.</exception>
    public ulong Seed(ParseResult parsed, ulong otherwise)
    {
        if (Text(parsed) is not { } text) return otherwise;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{Name} must be a whole number from 0 to {ulong.MaxValue}, not '{text}'");
    }
}

/// <summary>An option that is there or not.</summary>
internal sealed class FlagOption : Option<bool>, IShownOption
{
    public FlagOption(string name, string help) : base(name)
    {
        Description = help;
        Arity = ArgumentArity.Zero;
    }

    public string Group { get; init; } = "Options";

    public string? Default => null;
}
