namespace SimClr.Datasets;

/// <summary>A picture file below a folder.</summary>
/// <param name="RelativePath">Path below the folder, with '/' on every system.</param>
/// <param name="FullPath">Where to read it.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record PictureFile(string RelativePath, string FullPath, long Bytes)
{
    private static readonly HashSet<string> Extensions =
        new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif" };

    // Deeper than any real collection; a bound in case links form a maze that the check for cycles does not see through.
    private const int MaxDepth = 64;

    /// <summary>
    /// All pictures below a folder, in ordinal order of their relative paths. Hidden files and folders (leading dot) are left
    /// out; linked folders are followed unless they lead back to a folder on the way to them.
    /// </summary>
    /// <exception cref="DataException">A folder cannot be listed.</exception>
    public static List<PictureFile> Below(string directory)
    {
        var files = new List<PictureFile>();
        Collect(new DirectoryInfo(RealPath(new DirectoryInfo(directory))), "", [], files);
        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return files;
    }

    private static void Collect(DirectoryInfo folder, string prefix, List<string> way, List<PictureFile> files)
    {
        if (way.Contains(folder.FullName) || way.Count > MaxDepth) return;
        way.Add(folder.FullName);
        foreach (var entry in Entries(folder))
        {
            if (entry.Name.StartsWith('.')) continue;
            var relative = prefix + entry.Name;
            if (entry is DirectoryInfo child)
                Collect(new DirectoryInfo(RealPath(child)), relative + "/", way, files);
            else if (Extensions.Contains(entry.Extension))
                files.Add(new PictureFile(relative, entry.FullName, SizeOf((FileInfo)entry)));
        }
        way.RemoveAt(way.Count - 1);
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The folder {folder.FullName} cannot be listed: {e.Message}", e);
        }
    }

    private static string RealPath(DirectoryInfo folder)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator((folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder).FullName);
        }
        catch (IOException e)
        {
            throw new DataException($"The link {folder.FullName} cannot be followed: {e.Message}", e);
        }
    }

    // A broken link has no size; reading it later names it.
    private static long SizeOf(FileInfo file) => file.Exists ? file.Length : 0;
}
