namespace SimClr.Files;

/// <summary>The folder that several names of files have in common.</summary>
public static class CommonFolder
{
    /// <summary>The length of the folder, with its slash, that all names begin with; 0 where there is none.</summary>
    /// <param name="names">Names with <c>/</c> between folders.</param>
    public static int Length(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0) return 0;
        var common = names[0].LastIndexOf('/') + 1;
        foreach (var name in names)
        {
            var same = name.AsSpan().CommonPrefixLength(names[0].AsSpan(0, common));
            common = names[0].AsSpan(0, same).LastIndexOf('/') + 1;
        }
        return common;
    }
}
