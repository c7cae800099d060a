namespace SimClr.Cli;

/// <summary>An option as help shows it: under a heading, with its default.</summary>
internal interface IShownOption
{
    /// <summary>The heading of options that need no other.</summary>
    const string Ungrouped = "Options";

    /// <summary>With dashes.</summary>
    string Name { get; }

    /// <summary>The heading in help.</summary>
    string Heading { get; }

    /// <summary>The default as text, or null where there is none to show. Made when it is asked for.</summary>
    string? Shown { get; }
}
