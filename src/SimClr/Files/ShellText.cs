namespace SimClr.Files;

/// <summary>Words of commands that a person may copy.</summary>
public static class ShellText
{
    /// <summary>A word as a POSIX shell takes it: as it is where it has no meaning to a shell, else in quotes.</summary>
    public static string Quoted(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-:+=@,".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
