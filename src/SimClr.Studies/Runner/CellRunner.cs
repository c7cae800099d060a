using Microsoft.Extensions.Logging;
using SimClr.Evaluation;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;
namespace SimClr.Studies;

/// <summary>Brings one run of a cell to its end, from wherever it stands.</summary>
/// <param name="data">DATA.</param>
/// <param name="progress">Receives every logged training step.</param>
/// <param name="stage">Receives the name of each stage, in a few words.</param>
/// <param name="logger">Receives a warning for a run that diverges, and those of the training; or null.</param>
/// <param name="cancellationToken">Checked between steps.</param>
internal sealed class CellRunner(string data, IProgress<TrainingMetrics>? progress, Action<string>? stage,
    ILogger? logger, CancellationToken cancellationToken)
{
    private static readonly string[] Protocols = ["linear", "knn"];

    /// <summary>Trains and judges a run unless that is done.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="kind">How it learns.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="baselines">Whether raw pixels and a random encoder are judged too.</param>
    /// <param name="layer">A layer of the head that is judged too, counted from 1; 0 for none.</param>
    /// <exception cref="StudyException">The folder holds a run with other settings or data.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the state is saved.</exception>
    public void Finish(string folder, CellKind kind, PretrainingOptions options, bool baselines, int layer)
    {
        RequireSame(folder, options, data);
        if (CellFolder.IsFinished(folder, layer)) return;
        try
        {
            if (kind == CellKind.Supervised) SupervisedCell.Train(folder, options, data, stage, cancellationToken);
            else Pretrain(folder, options);
        }
        catch (TrainingDivergedException e)
        {
            logger?.RunDiverged(e.Message, e);
            CellFolder.WriteDiverged(folder, options, data, e.Message);
            return;
        }
        if (kind == CellKind.SelfSupervised) Judge(folder, options, baselines, layer);
    }

    private void Pretrain(string folder, PretrainingOptions options)
    {
        stage?.Invoke("training");
        var summary = File.Exists(Path.Combine(folder, "config.json"))
            ? Pretrainer.Resume(folder, progress, logger, cancellationToken: cancellationToken)
            : Pretrainer.Run(options, data, folder, progress, logger, cancellationToken: cancellationToken);
        if (summary.Interrupted) throw new OperationCanceledException(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Judge(string folder, PretrainingOptions options, bool baselines, int layer)
    {
        var request = new EvaluationRequest
        {
            Run = folder,
            Data = data,
            Baselines = baselines,
            Compute = options.Compute,
            Seed = options.Seed,
            Limit = options.Limit,
        };
        var words = stage is null ? null : new Words(stage);
        RunEvaluation.Evaluate(request, Protocols, words, cancellationToken);
        if (layer > 0) RunEvaluation.Evaluate(request with { Layer = layer, Baselines = false }, words, cancellationToken);
    }

    /// <summary>Refuses a folder whose run has other settings or data.</summary>
    public static void RequireSame(string folder, PretrainingOptions options, string data)
    {
        var (before, trainedOn) = CellFolder.ReadSettings(folder);
        if (before is null) return;
        if (options.InitialWeights is { Length: > 0 } start)
            options = options with { InitialWeights = EncoderCache.Absolute(start) };
        if (SettingsDifference.Find(before, options) is var (name, was, now))
            throw StudyException.OtherFolder(folder, $"was made with {name} {was}, not {now}; remove it, or");
        if (trainedOn != data)
            throw StudyException.OtherFolder(folder, $"was made with {trainedOn}, not {data}; remove it, or");
    }

    private sealed class Words(Action<string> write) : IProgress<string>
    {
        public void Report(string value) => write(value);
    }
}
