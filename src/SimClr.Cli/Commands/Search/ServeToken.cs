namespace SimClr.Cli.Commands;

/// <summary>The secret that requests to <c>simclr serve</c> must bring.</summary>
internal static class ServeToken
{
    private const string Variable = "SIMCLR_TOKEN";
    private const int LongestFile = 4096;

    /// <summary>The option that names a file with it.</summary>
    public static ValueOption<string?> Option(string heading) =>
        new("--token-file", "FILE", $"a file with the secret that requests must bring; or set {Variable}") { Heading = heading };

    /// <summary>The file's text, else the environment's; not from the command line, which others can see.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static string? Read(string? path)
    {
        if (path is null) return Environment.GetEnvironmentVariable(Variable);
        try
        {
            using var file = File.OpenText(path);
            var text = new char[LongestFile];
            return new string(text, 0, file.ReadBlock(text)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: {e.Message}");
        }
    }
}
