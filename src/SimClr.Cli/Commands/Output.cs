using SimClr.Files;

namespace SimClr.Cli.Commands;

/// <summary>
/// Files that a command writes. They are begun before the work, so that one that cannot be written costs no work.
/// </summary>
internal static class Output
{
    /// <summary>Begins a file, or nothing where none is asked for.</summary>
    /// <param name="path">The file, or null.</param>
    /// <param name="makesFolder">Whether a missing folder is made.</param>
    /// <exception cref="IOException">It cannot be written, or another process is writing it.</exception>
    public static AtomicFile? Begin(string? path, bool makesFolder = false)
    {
        if (path is null) return null;
        if (makesFolder && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        return AtomicFile.Create(path);
    }

    /// <summary>Writes all of a file that was begun, and completes it.</summary>
    public static void Complete(this AtomicFile file, byte[] content)
    {
        file.Stream.Write(content);
        file.Finish();
    }
}
