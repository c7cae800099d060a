using Microsoft.Extensions.Logging;
using SimClr.Runs;

namespace SimClr.Reporting;

/// <summary>
/// Keeps a run's file for TensorBoard (<see cref="RunReport"/>) up to date while the run is trained: every logged step is
/// added to it at once.
/// </summary>
/// <param name="runFolder">The run's folder; it need not be there before the first report.</param>
/// <param name="next">Receives every logged step next; or null.</param>
/// <param name="logger">Receives a warning when the file cannot be written, which does not stop the run; or null.</param>
public sealed class LiveTensorBoard(string runFolder, IProgress<TrainingMetrics>? next = null, ILogger? logger = null)
    : IProgress<TrainingMetrics>, IDisposable
{
    private RunFolder? _run;
    private FileStream? _file;
    private bool _gaveUp;

    /// <inheritdoc/>
    public void Report(TrainingMetrics value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            if (!_gaveUp) Add(value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunFolderException)
        {
            _gaveUp = true;
            logger?.CurvesNotWritten(e.Message, e);
        }
        next?.Report(value);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Add(TrainingMetrics value)
    {
        if (_file is null)
        {
            // The metrics hold this step already, and those from before an interruption.
            var record = RunRecord.Read(runFolder);
            TensorBoardLog.Write(record);
            _run = record.Folder;
            // Without a buffer, so that an event is the system's when it is written, and nothing is left to fail on closing.
            _file = new FileStream(TensorBoardLog.In(_run), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            return;
        }
        using var added = new MemoryStream();
        TensorBoardLog.WriteEvent(added, TensorBoardLog.Logged(_run!), value);
        _file.Write(added.GetBuffer().AsSpan(0, (int)added.Length));
    }
}
