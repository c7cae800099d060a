using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Files;
using SimClr.Models;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Studies;

/// <summary>A run with labels: its folder holds <c>supervised.json</c>, with settings and figures, once it is finished.</summary>
internal static class SupervisedCell
{
    /// <summary>The file.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "supervised.json");

    /// <summary>Trains and judges.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was written.</exception>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public static void Train(string folder, PretrainingOptions options, string data, Action<string>? stage,
        CancellationToken cancellationToken)
    {
        var splits = DatasetSource.Open(data, options.Model.EvaluationSide).Limited(options.Limit, options.Seed);
        var progress = stage is null ? null : new Epochs(stage);
        var settings = SupervisedOptions.Of(options);
        var result = SupervisedTraining.Run(settings, splits, progress: progress, cancellationToken: cancellationToken);
        var run = new SupervisedRun(data, options.ToJson(), Parameters(options), JsonNode.Parse(result.ToJson()));
        Directory.CreateDirectory(folder);
        AtomicFile.Write(FileIn(folder), JsonSerializer.Serialize(run, StudiesJson.Indented.SupervisedRun));
    }

    /// <summary>The figures of a finished run.</summary>
    public static CellRun Read(JsonObject file, string folder, ulong seed)
    {
        var result = file.Part("result");
        double Number(string name) => result.Get<double>(name);
        return new CellRun(seed, folder, (int)Number("epochs"), (int)Number("steps"), Number("seconds"), Number("train_loss"),
            ContrastiveTop1: null, Entropy: null, Number("top1"), Number("top5"), KnnTop1: null, ProjectionTop1: null,
            file.Get<long>("parameters"));
    }

    private static long Parameters(PretrainingOptions options)
    {
        using var encoder = new ResNet(options.Model.ToResNet(), options.Seed);
        return encoder.parameters().Sum(parameter => parameter.numel());
    }

    private sealed class Epochs(Action<string> write) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) =>
            write(FormattableString.Invariant(
                $"with labels, epoch {value.Epoch}/{value.Epochs}, {100 * value.Top1:0.0} % right in training"));
    }
}
