namespace SimClr.Files;

/// <summary>
/// Files under construction that killed processes left behind. A living writer holds a lock on its own, so one that can be
/// locked is nobody's.
/// </summary>
internal static class Leftovers
{
    /// <summary>Removes what others began for a file and will never finish.</summary>
    /// <param name="path">The file.</param>
    /// <param name="own">The file that this process has just begun for it.</param>
    public static void Remove(string path, string own)
    {
        try
        {
            var others = AsideName.BegunFor(path).Where(file => Path.GetFileName(file) != Path.GetFileName(own)).ToList();
            // Where the file system has no locks, nothing can be told: our own must be seen to be locked.
            if (others.Count == 0 || TryLock(own, FileOptions.None)) return;
            foreach (var other in others) TryLock(other, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that may be written to but not listed keeps them.
        }
    }

    private static bool TryLock(string path, FileOptions options)
    {
        if (new FileInfo(path).LinkTarget is not null) return false; // nobody's, and what it leads to is left alone
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, options).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
