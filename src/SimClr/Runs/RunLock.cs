using SimClr.Files;

namespace SimClr.Runs;

/// <summary>
/// The right to train in a run folder, for one process at a time. The system takes it back when the process ends, however it
/// ends. Readers need no lock. File systems without locks (some network ones) let everyone in.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileClaim _held;

    private RunLock(FileClaim held) => _held = held;

    /// <summary>Takes the right.</summary>
    /// <exception cref="RunFolderException">Another process has it, or the folder cannot be written.</exception>
    public static RunLock Take(RunFolder run)
    {
        try
        {
            run.RequireNoLinks();
            if (FileClaim.TryTake(run.LockFile, out var held, out var holder)) return new RunLock(held);
            throw new RunFolderException(
                $"Another process is training in {run.Path} ({holder} holds {run.LockFile}); wait for its end, stop it, or give "
                    + "another folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{run.Path} cannot be written: {e.Message}", e) { File = run.Path };
        }
    }

    public void Dispose() => _held.Dispose();
}
