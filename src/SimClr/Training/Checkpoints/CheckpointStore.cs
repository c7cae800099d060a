using System.Globalization;
using Microsoft.Extensions.Logging;
using SimClr.Files;
using SimClr.Models;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The resumable states of one run: files <c>step-00001234.safetensors</c> in a folder. A state is on disk completely or not at
/// all, whenever the process is killed; one that the disk damaged later is noticed and passed over.
/// </summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";
    private const string Suffix = ".safetensors";
    private readonly string _folder;
    private readonly int _keep;

    /// <summary>The states in a folder.</summary>
    /// <param name="folder">The folder; made by the first save.</param>
    /// <param name="keep">How many states to keep; the others are deleted after a successful save. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is below 1.</exception>
    public CheckpointStore(string folder, int keep = 2)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        (_folder, _keep) = (folder, keep);
    }

    /// <summary>
    /// Writes a state and makes it the latest: older ones beyond those to keep are deleted, and so are later ones, which only a
    /// continuation from an earlier state can have left behind.
    /// </summary>
    /// <param name="info">Where the run stands.</param>
    /// <param name="tensors">Unique names and tensors; they stay the caller's.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">The state cannot be written; earlier ones are still there.</exception>
    public string Save(CheckpointInfo info, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentOutOfRangeException.ThrowIfNegative(info.Step);
        var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{info.Step:D8}{Suffix}"));
        try
        {
            Directory.CreateDirectory(_folder);
            // A process that was killed while writing left its unfinished file.
            var unfinished = $"{Prefix}*{Suffix}*{AsideName.Suffix}";
            foreach (var leftover in Directory.GetFiles(_folder, unfinished)) AtomicFile.TryDelete(leftover);
            CheckpointFile.Write(path, info, tensors);
        }
        catch (Exception e) when (e is WeightsException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"Checkpoint not saved: {e.Message.TrimEnd('.')}. Earlier states are intact: free space or restore access, and "
                + "continue with Pretrainer.Resume.", e)
            {
                File = path,
                Named = ["Pretrainer.Resume"],
            };
        }
        var newestFirst = States();
        foreach (var (step, file) in newestFirst)
            if (step > info.Step) AtomicFile.TryDelete(file);
        foreach (var (_, file) in newestFirst.Where(s => s.Step <= info.Step).Skip(_keep)) AtomicFile.TryDelete(file);
        return path;
    }

    /// <summary>Reads the newest intact state.</summary>
    /// <param name="logger">Receives a warning for each damaged state that is skipped; or null.</param>
    /// <returns>The state, which the caller disposes, or null when there are none.</returns>
    /// <exception cref="CheckpointException">All states are damaged, or the newest intact one is of another version.</exception>
    public Checkpoint? LoadLatest(ILogger? logger = null)
    {
        var damaged = new List<string>();
        foreach (var (_, file) in States())
        {
            try
            {
                return CheckpointFile.Read(file);
            }
            catch (WeightsException e)
            {
                damaged.Add(Path.GetFileName(file));
                logger?.CheckpointPassedOver(e.Message, e);
            }
        }
        if (damaged.Count == 0) return null;
        throw new CheckpointException(
            $"No checkpoint in {_folder} can be read ({string.Join(", ", damaged)} damaged); "
            + "remove the folder to start the run afresh.");
    }

    /// <summary>How many states there are, damaged ones included.</summary>
    internal int Count => States().Count;

    /// <summary>How many states are kept.</summary>
    internal int Keep => _keep;

    private List<(long Step, string File)> States()
    {
        if (!Directory.Exists(_folder)) return [];
        var states = new List<(long Step, string File)>();
        foreach (var file in Directory.GetFiles(_folder, Prefix + "*" + Suffix))
        {
            var name = Path.GetFileName(file);
            var digits = name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length);
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var step)) states.Add((step, file));
        }
        states.Sort((a, b) => b.Step.CompareTo(a.Step));
        return states;
    }
}
