namespace SimClr.Cli;

/// <summary>The options that every command with a result has.</summary>
internal sealed record SessionOptions
{
    /// <summary>Whether stdout carries one JSON object and nothing else.</summary>
    public bool Json { get; init; }

    /// <summary>Whether no progress is shown.</summary>
    public bool Quiet { get; init; }

    public static OptionSet<SessionOptions> AddTo(PageCommand command) => new OptionSet<SessionOptions>(command, new())
        .AddFlag("--json", o => o with { Json = true }, "print the result as one JSON object on stdout, all else on stderr")
        .AddFlag("--quiet", o => o with { Quiet = true }, "show no progress");
}
