namespace SimClr.Pretraining;

/// <summary>
/// The right to train in a run folder, for one process at a time. The system takes it back when the process ends, however it
/// ends. Reading needs no right. File systems without locks (some network ones) let everyone in.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _held;

    private RunLock(FileStream held) => _held = held;

    /// <summary>Takes the right.</summary>
    /// <exception cref="RunFolderException">Another process has it, or the folder cannot be written.</exception>
    public static RunLock Take(RunFolder run)
    {
        try
        {
            return new RunLock(new FileStream(run.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new RunFolderException(
                $"Another process is training in {run.Path}; wait for its end, stop it, or give another folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{run.Path} cannot be written: {e.Message}", e);
        }
    }

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows; there is no exception type for it.
    private static bool IsTaken(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    // The file stays: were it removed, two others could hold what each takes for the lock.
    public void Dispose() => _held.Dispose();
}
