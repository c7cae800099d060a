using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SimClr.Files;

/// <summary>
/// Files that somebody else may have made, read within bounds. A file in a folder may be a pipe or a device, and opening a
/// pipe waits for a writer who may never come; such things have no size, so what has none is never opened.
/// </summary>
public static class BoundedFile
{
    /// <summary>The longest line, in characters, that is read of a log; longer ones are passed over.</summary>
    public const int LongestLine = 64 * 1024;

    /// <summary>The largest settings file that is read, in bytes.</summary>
    public const int MaxSettingsBytes = 1024 * 1024;

    /// <summary>Opens a file with content.</summary>
    /// <exception cref="IOException">It cannot be opened, is empty, or is a pipe, socket or device.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static SafeFileHandle Open(string path)
    {
        RequireContent(path);
        return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete); // its writer may look at it too
    }

    /// <summary>The bytes of a file with content.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static byte[] ReadBytes(string path, long mostBytes)
    {
        using var file = Open(path);
        var length = RandomAccess.GetLength(file);
        if (length > mostBytes) throw TooLarge(mostBytes);
        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var count) read += count;
        return read == bytes.Length ? bytes : throw new EndOfStreamException("the file became shorter while it was read");
    }

    /// <summary>The text of a file with content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">A larger one is refused before memory is taken for it.</param>
    /// <exception cref="IOException">As for <see cref="Open"/>, or it is too large.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="Open"/>.</exception>
    public static string ReadText(string path, int mostBytes)
    {
        RequireContent(path);
        return ReadNamedText(path, mostBytes);
    }

    /// <summary>The text of a file that a user named, which may well be a pipe.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static string ReadNamedText(string path, int mostBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        if (stream.CanSeek && stream.Length > mostBytes) throw TooLarge(mostBytes);
        // A device and a pipe do not say how long they are.
        using var bytes = new MemoryStream();
        var piece = new byte[16 * 1024];
        while (stream.Read(piece) is > 0 and var count)
        {
            if (bytes.Length + count > mostBytes) throw TooLarge(mostBytes);
            bytes.Write(piece, 0, count);
        }
        bytes.Position = 0;
        return new StreamReader(bytes).ReadToEnd();
    }

    /// <summary>The lines of a log, one at a time; none where there is no such file. Overlong ones are left out.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        if (!File.Exists(path) || SizeOf(path) == 0) yield break;
        using var reader = new StreamReader(path);
        var line = new StringBuilder();
        var characters = new char[4096];
        while (reader.Read(characters) is > 0 and var count)
        {
            for (int from = 0, end; from <= count; from = end + 1)
            {
                end = Array.IndexOf(characters, '\n', from, count - from);
                var whole = end >= 0;
                if (!whole) end = count;
                // One character more than the longest marks a line that is longer.
                line.Append(characters, from, Math.Min(end - from, LongestLine + 1 - line.Length));
                if (!whole) break;
                if (line.Length <= LongestLine) yield return line.ToString().TrimEnd('\r');
                line.Clear();
            }
        }
        if (line.Length is > 0 and <= LongestLine) yield return line.ToString();
    }

    /// <summary>
    /// The size of the file itself, also where the path is a link to it; 0 for what has none, is not there or cannot be reached.
    /// </summary>
    public static long SizeOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // A link's own length is that of its text.
            if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
            return file is { Exists: true } ? file.Length : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static void RequireContent(string path)
    {
        if (File.Exists(path) && SizeOf(path) == 0) throw new IOException("the file is empty, or no file but a pipe or device");
    }

    private static IOException TooLarge(long mostBytes) => new($"the file is larger than {mostBytes:N0} bytes");
}
