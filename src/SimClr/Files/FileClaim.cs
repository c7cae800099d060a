using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SimClr.Files;

/// <summary>
/// The right to write something, for one process at a time: a lock file next to it. The system takes the right back when the
/// process ends, however it ends, and a claim that is given up takes its file along. File systems without locks (some network
/// ones) let everyone in.
/// </summary>
public sealed class FileClaim : IDisposable
{
    // Others may take the file away between its opening and its locking, each of them once.
    private const int Attempts = 100;

    private const int LongestSignature = 400;
    private const char Separator = '\n';

    private readonly string _path;
    private readonly FileStream _held;
    private bool _isGivenBack;

    private FileClaim(string path, FileStream held) => (_path, _held) = (path, held);

    /// <summary>The claim's file for a file that is to be written.</summary>
    public static string For(string path) => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path)) ?? throw new IOException($"{path} is no file"),
        $".{AsideName.Short(Path.GetFileName(path))}.lock");

    /// <summary>Takes the right.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="claim">The right, to be disposed.</param>
    /// <param name="holder">Who has it where it is taken, as far as that can be told: <c>process 123 on host</c>.</param>
    /// <returns>Whether it was free.</returns>
    /// <exception cref="IOException">The lock file cannot be made, or something else has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made or opened.</exception>
    public static bool TryTake(string path, [NotNullWhen(true)] out FileClaim? claim, out string holder)
    {
        (claim, holder) = (null, "");
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            FileStream? stream = null;
            try
            {
                stream = Open(path);
                if (stream is null || !IsStill(path, Sign(stream))) continue; // it went away meanwhile
                claim = new(path, stream);
                stream = null;
                return true;
            }
            catch (IOException e) when (FileErrors.IsTaken(e))
            {
                holder = HolderOf(path);
                return false;
            }
            finally
            {
                stream?.Dispose();
            }
        }
        holder = "others that come and go";
        return false;
    }

    /// <summary>Gives the right back. The file goes first, so that none can lock what is about to go.</summary>
    public void Dispose()
    {
        if (_isGivenBack) return;
        _isGivenBack = true;
        AtomicFile.TryDelete(_path);
        _held.Dispose();
    }

    // Readable by the owner alone, since whoever can open a file can lock it. A new file is made where there is no name, so
    // that no link is followed.
    private static FileStream? Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (OperatingSystem.IsWindows()) options.Options = FileOptions.DeleteOnClose; // an open file cannot be deleted there
        else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (FileErrors.IsThere(e))
        {
            // It is there already, from a process that was killed or that is at work.
        }
        if (Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
            throw new IOException($"{path} is a link or a folder and no lock; remove it");
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = options.Access,
                Share = options.Share,
                Options = options.Options,
            });
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static string Sign(FileStream stream)
    {
        var signature = string.Create(CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on "
                + $"{Environment.MachineName}{Separator}{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}");
        stream.SetLength(0);
        stream.Write(Encoding.UTF8.GetBytes(signature));
        stream.Flush();
        return signature;
    }

    // The name must still lead to the file that was locked and signed. On Windows an open file cannot be removed.
    private static bool IsStill(string path, string signature) => OperatingSystem.IsWindows() || Read(path) == signature;

    private static string HolderOf(string path)
    {
        // Who has just taken it is about to sign.
        for (var i = 0; i < 10 && BoundedFile.SizeOf(path) == 0 && File.Exists(path); i++) Thread.Sleep(10);
        // A file of another user cannot be read, and one without content may be a pipe, which would wait.
        if (Read(path) is not { } text) return "another process, perhaps of another user,";
        return text.StartsWith("process ", StringComparison.Ordinal) ? PlainText.Of(text.Split(Separator)[0]) : "another process";
    }

    // Not as .NET opens files: it would take a lock of its own.
    private static string? Read(string path)
    {
        using var handle = BoundedFile.SizeOf(path) > 0 ? PosixFile.OpenForReading(path) : null;
        if (handle is null) return null;
        var bytes = new byte[LongestSignature];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(handle, bytes, 0));
    }
}
