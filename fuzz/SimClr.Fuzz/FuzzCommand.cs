namespace SimClr.Fuzz;

internal static class FuzzCommand
{
    public static int Run(string[] args)
    {
        using var target = Targets.ByName(args[0]);
        if (target is null)
        {
            Console.Error.WriteLine($"There is no target {args[0]}; there are {string.Join(", ", Targets.Names)}.");
            return 2;
        }
        var options = new Dictionary<string, string>();
        var files = new List<string>();
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length) options[args[i][2..]] = args[++i];
            else files.Add(args[i]);
        }
        if (files.Count > 0) return Try(target, files);
        string Option(string name, string otherwise) => options.GetValueOrDefault(name, otherwise);
        var loop = new FuzzLoop(target, Option("corpus", Path.Combine("fuzz", "corpus", args[0])),
            Option("findings", Path.Combine("fuzz", "findings", args[0])), ulong.Parse(Option("seed", "1")));
        return loop.Run(TimeSpan.FromSeconds(double.Parse(Option("seconds", "600"))), Console.Out) == 0 ? 0 : 1;
    }

    private static int Try(ReaderTarget target, List<string> files)
    {
        var findings = 0;
        foreach (var file in files)
        {
            var verdict = Verdict.Of(target, File.ReadAllBytes(file));
            if (verdict.Finding is not null) findings++;
            Console.WriteLine($"{file}: {verdict.Finding ?? verdict.Outcome} "
                + $"({verdict.Elapsed.TotalMilliseconds:0.0} ms, {verdict.Allocated:N0} bytes managed, "
                + $"{verdict.Resident:N0} bytes resident)");
        }
        return findings == 0 ? 0 : 1;
    }
}
