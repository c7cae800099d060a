using System.CommandLine;

namespace SimClr.Cli;

/// <summary>An option that is there or not.</summary>
internal sealed class FlagOption : Option<bool>, IShownOption
{
    public FlagOption(string name, string help) : base(name)
    {
        Description = help;
        Arity = ArgumentArity.Zero;
    }

    public string Heading { get; init; } = IShownOption.Ungrouped;

    public string? Shown => null;
}
