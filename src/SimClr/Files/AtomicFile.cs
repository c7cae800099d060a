using System.Text;

namespace SimClr.Files;

/// <summary>
/// A file that is there whole or not at all, whatever becomes of the process or the machine. It is written to the same folder
/// under a name of its own, flushed to the disk, renamed over the target, and its folder is flushed too. Only what this
/// object made is ever deleted, and no link is followed.
/// </summary>
/// <remarks>
/// <see cref="Create"/> is for results that take long: it finds out at once whether the file can be written, and claims the
/// target, so that a second process fails at once and disturbs nothing.
/// <see cref="Write(string, Action{Stream}, Action{string})"/> is for content that is there already: of two writers the last
/// one wins. Not for use from several threads at once.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    private const int Attempts = 100;
    private const string Words = " cannot be written: ";

    private readonly string _aside;
    private readonly FileClaim? _claim;
    private readonly bool _isReserved;
    private bool _finished;

    private AtomicFile(string path, string aside, FileStream stream, FileClaim? claim, bool isReserved) =>
        (Path, _aside, Stream, _claim, _isReserved) = (path, aside, stream, claim, isReserved);

    /// <summary>The file that this becomes.</summary>
    public string Path { get; }

    /// <summary>Receives the content; it can be written and sought. It belongs to this object.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins a file that only this process may write until it is finished or given up.</summary>
    /// <param name="path">The file; replaced when it is finished. Its folder must be there.</param>
    /// <param name="bytes">
    /// How large it will be at most, where that is known: room is reserved at once, and the file ends where its stream stands
    /// when it is finished. 0 where it is not.
    /// </param>
    /// <exception cref="IOException">
    /// It cannot be written, there is no room, or another process is writing it; the message says which, in one line.
    /// </exception>
    public static AtomicFile Create(string path, long bytes = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        FileClaim? claim = null;
        try
        {
            if (Directory.Exists(path)) throw new IOException("it is a folder");
            if (!FileClaim.TryTake(FileClaim.For(path), out claim, out var holder))
                throw new IOException($"{holder} is writing it; wait for its end, or give another name");
            return Begin(path, claim, bytes, beside: path);
        }
        catch (Exception e)
        {
            claim?.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw Refused(path, e);
            throw;
        }
    }

    /// <summary>Writes a file at once.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="check">Reads what was written, before it takes its name, and throws when it is not right; or null.</param>
    /// <exception cref="IOException">It cannot be written. The old file is as it was, and no temporary file is left.</exception>
    public static void Write(string path, Action<Stream> write, Action<string>? check = null) =>
        Write(path, write, check, beside: path);

    /// <inheritdoc cref="Write(string, Action{Stream}, Action{string})"/>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="content">All of it.</param>
    public static void Write(string path, byte[] content) => Write(path, content, beside: path);

    /// <inheritdoc cref="Write(string, Action{Stream}, Action{string})"/>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="text">All of it, written as UTF-8.</param>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>
    /// The same, built next to another file of the same file system, so that its own folder never shows a temporary file.
    /// </summary>
    public static void Write(string path, byte[] content, string beside)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream => stream.Write(content), check: null, beside);
    }

    private static void Write(string path, Action<Stream> write, Action<string>? check, string beside)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            using var file = Begin(path, claim: null, bytes: 0, beside);
            write(file.Stream);
            file.Finish(check);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
    }

    /// <summary>Completes the file: flushes it to the disk and gives it its name. Without this, nothing is left of it.</summary>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    public void Finish() => Finish(check: null);

    /// <summary>The same, with a look at the file before it takes its name.</summary>
    /// <param name="check">Is given the file's temporary name and throws where it is not right; or null.</param>
    internal void Finish(Action<string>? check)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        try
        {
            if (_isReserved && Stream.Position < Stream.Length) Stream.SetLength(Stream.Position);
            Stream.Flush(flushToDisk: true);
            check?.Invoke(_aside);
            // Renamed while it is open, so that none takes it for what a killed process left.
            File.Move(_aside, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(Path, e);
        }
        _finished = true;
        Close();
        PosixFile.FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
    }

    /// <summary>Closes the file, and deletes it if it was not finished.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        TryDelete(_aside);
        Close();
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

    private static AtomicFile Begin(string path, FileClaim? claim, long bytes, string beside)
    {
        for (var attempt = 1; ; attempt++)
        {
            var aside = AsideName.New(beside);
            try
            {
                var stream = new FileStream(aside, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew, // takes no name that is there, and follows no link
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.Read | FileShare.Delete, // a lock that others see, and our own check may read
                    PreallocationSize = bytes,
                    BufferSize = 1 << 16,
                });
                if (File.Exists(aside))
                {
                    Leftovers.Remove(beside, aside);
                    return new(path, aside, stream, claim, bytes > 0);
                }
                stream.Dispose(); // another took it for a leftover before it was locked
            }
            catch (IOException e) when (attempt < Attempts && (FileErrors.IsTaken(e) || FileErrors.IsThere(e)))
            {
                // As above, and it is about to go; or somebody else has that name.
            }
            catch (IOException e) when (bytes > 0 && e.GetType() == typeof(IOException))
            {
                throw new IOException($"there is no room for {bytes:N0} bytes", e);
            }
            if (attempt == Attempts) throw new IOException("it is taken away again and again");
        }
    }

    // A full disk must not hide the exception that led here.
    private void Close()
    {
        try { Stream.Dispose(); }
        catch (IOException) { }
        finally { _claim?.Dispose(); }
    }

    // The system's message names the file under construction, which says nothing to a user.
    private static IOException Refused(string path, Exception e)
    {
        if (e is IOException told && e.Message.StartsWith(path + Words, StringComparison.Ordinal)) return told;
        var reason = e switch
        {
            DirectoryNotFoundException =>
                $"there is no folder {System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))}",
            UnauthorizedAccessException when Directory.Exists(path) => "it is a folder",
            UnauthorizedAccessException => "its folder may not be written to",
            PathTooLongException => "its name is too long",
            _ => e.Message.TrimEnd('.'),
        };
        return new IOException($"{path}{Words}{reason}.", e);
    }
}
