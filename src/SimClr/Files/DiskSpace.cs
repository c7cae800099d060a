namespace SimClr.Files;

/// <summary>Finds out before hours of work whether a folder can take its result.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that the folder's file system has free for this user; null where the system does not tell.</summary>
    public static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Reserves bytes in a file, writes to it, flushes it to the disk and removes it. That also finds what <see cref="Free"/>
    /// does not know: quotas, limits of a process, and disks that went read-only.
    /// </summary>
    /// <exception cref="IOException">There is no room, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Try(string folder, long bytes)
    {
        var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
        try
        {
            using var stream = new FileStream(probe, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                PreallocationSize = bytes,
            });
            stream.WriteByte(0);
            stream.Flush(flushToDisk: true);
        }
        finally
        {
            AtomicFile.TryDelete(probe);
        }
    }
}
