using System.Runtime.InteropServices;

namespace SimClr.Runtime;

/// <summary>
/// Files that are there whole or not at all, whatever becomes of the process or the machine: written aside, flushed to the disk,
/// renamed, and the new name flushed too.
/// </summary>
internal static partial class DurableFile
{
    /// <summary>Files under construction end in this.</summary>
    public const string AsideSuffix = ".tmp";

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="aside">Where it is built, in the same folder.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="check">Reads what was written, before it takes its name, and throws when it is not right; or null.</param>
    /// <exception cref="IOException">It cannot be written. The old file is as it was, and nothing is left aside.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; as above.</exception>
    public static void Write(string path, string aside, Action<Stream> write, Action<string>? check = null)
    {
        try
        {
            using (var stream = new FileStream(aside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            check?.Invoke(aside);
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            TryDelete(aside);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Deletes a file where that is possible; one that stays costs disk space and no more.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    // A rename outlives a power failure once the folder is on the disk. Windows does that by itself, and file systems that
    // cannot do it say so in vain: the file is there, which is what matters while the power is on.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            var descriptor = Open(folder, 0 /* O_RDONLY */);
            if (descriptor < 0) return;
            _ = Synchronize(descriptor);
            _ = Close(descriptor);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
