namespace SimClr.Runs;

/// <summary>
/// Encoders with names, kept for this user as run folders. Wherever a run folder is named and there is none of that name, the one
/// that is kept under the name is meant.
/// </summary>
public static class EncoderCache
{
    /// <summary>The environment variable that names another folder for everything that is kept.</summary>
    public const string Variable = "SIMCLR_CACHE";

    /// <summary>
    /// Where encoders are kept: <c>encoders</c> in the folder that <see cref="Variable"/> names, else in <c>simclr</c> in the
    /// user's cache (<c>%LOCALAPPDATA%</c>, <c>~/Library/Caches</c>, <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>).
    /// </summary>
    public static string Folder => Path.Combine(Root(), "encoders");

    /// <summary>The run folder of a name, whether it is there or not.</summary>
    /// <param name="name">Letters, digits, dots, hyphens and underscores.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public static string PlaceOf(string name) => IsName(name)
        ? Path.Combine(Folder, name)
        : throw new ArgumentException($"'{name}' is no name of an encoder.", nameof(name));

    /// <summary>Whether an encoder is kept under a name.</summary>
    public static bool Has(string name) => IsName(name) && File.Exists(Path.Combine(PlaceOf(name), "config.json"));

    /// <summary>A file or run as it is understood from any folder: a kept encoder's name, or else the absolute path.</summary>
    /// <param name="run">A path, or the name of an encoder.</param>
    public static string Absolute(string run) => Resolve(run) == run ? Path.GetFullPath(run) : run;

    /// <summary>The run folder that is meant: the path, or what is kept under that name where the path leads nowhere.</summary>
    internal static string Resolve(string run) => !Path.Exists(run) && Has(run) ? PlaceOf(run) : run;

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100 && text[0] != '.' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told) return told;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var kept = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(home, ".cache");
        return Path.Combine(kept, "simclr");
    }
}
