using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimClr.Cli;

/// <summary>An option with a value of a type, which <see cref="ValueReader"/> reads.</summary>
internal sealed class ValueOption<T> : Option<T>, IShownOption
{
    private readonly Func<string?> _shown;

    /// <summary>An option whose default, if it has one, is somebody else's.</summary>
    /// <param name="name">With dashes, <c>--epochs</c>.</param>
    /// <param name="placeholder">The placeholder of the value in help, or its choices.</param>
    /// <param name="help">One line, with the unit.</param>
    /// <param name="shown">The default as help shows it.</param>
    /// <param name="read">Reads the value, where it is not written as its type is.</param>
    public ValueOption(
        string name, string placeholder, string help, Func<string?>? shown = null, Func<ArgumentResult, T?>? read = null)
        : base(name)
    {
        (HelpName, Description, _shown) = (placeholder, help, shown ?? (() => null));
        Arity = ArgumentArity.ExactlyOne;
        CustomParser = read ?? ValueReader.Of<T>();
    }

    /// <summary>An option with a default.</summary>
    public ValueOption(string name, string placeholder, string help, T otherwise, Func<ArgumentResult, T?>? read = null)
        : this(name, placeholder, help, () => ValueText.Of(otherwise), read) => DefaultValueFactory = _ => otherwise;

    public string Heading { get; init; } = IShownOption.Ungrouped;

    public string? Shown => _shown();
}
