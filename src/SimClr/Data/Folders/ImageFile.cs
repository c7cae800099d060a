using SimClr.Files;

namespace SimClr.Data;

/// <summary>An image file below a folder.</summary>
/// <param name="RelativePath">Path below the folder, with '/' on every system.</param>
/// <param name="FullPath">Where to read it.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record ImageFile(string RelativePath, string FullPath, long Bytes)
{
    private static readonly HashSet<string> Extensions =
        new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif" };

    // The longest path that Linux opens; links can make longer ones.
    private const int LongestPath = 4096;

    // A folder may be linked to from several places, as from the parts of a dataset. Folders that all link to each other have
    // more ways through them than anyone could wait for.
    private const int MaxWays = 16;

    /// <summary>
    /// All images below a folder, in ordinal order of their relative paths. Hidden files and folders (leading dot) are left
    /// out. Linked files and folders are followed wherever they lead, except back to a folder on the way to them.
    /// </summary>
    /// <exception cref="DataException">A folder cannot be listed, or links form a maze.</exception>
    public static List<ImageFile> Below(string directory)
    {
        var files = new List<ImageFile>();
        Collect(RealPath(directory), "", [], [], files);
        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files;
    }

    private static void Collect(
        string folder, string prefix, HashSet<string> way, Dictionary<string, int> ways, List<ImageFile> files)
    {
        if (!way.Add(folder)) return;
        if (prefix.Length > LongestPath) throw new DataException($"{Shown(folder)} is nested too deeply, by folders or links.");
        if ((ways[folder] = ways.GetValueOrDefault(folder) + 1) > MaxWays)
            throw new DataException(
                $"Links lead to {Shown(folder)} in more than {MaxWays} ways; give a folder without such links.");
        foreach (var entry in Entries(folder))
        {
            if (entry.Name.StartsWith('.')) continue;
            var relative = prefix + entry.Name;
            if (entry is DirectoryInfo child)
                Collect(child.LinkTarget is null ? child.FullName : RealPath(child.FullName), relative + "/", way, ways, files);
            else if (Extensions.Contains(entry.Extension))
                files.Add(new ImageFile(relative, entry.FullName, BoundedFile.SizeOf(entry.FullName)));
        }
        way.Remove(folder);
    }

    /// <summary>A name from a disk, which may hold anything but a slash, as people are shown it.</summary>
    public static string Shown(string path) => PlainText.Of(path);

    private static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The folder {Shown(folder)} cannot be listed: {Shown(e.Message)}{NameHint(folder)}", e);
        }
    }

    /// <summary>The message about a name that is not valid text, so that the system cannot find its file.</summary>
    public static string NameHint(string path) =>
        path.Contains('\uFFFD', StringComparison.Ordinal) ? " Its name is not UTF-8; rename it." : "";

    private static string RealPath(string folder)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator(RealFolder.PathOf(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The link {Shown(folder)} cannot be followed: {Shown(e.Message)}", e);
        }
    }
}
