using System.Runtime.InteropServices;
using SimClr.Models;
using SimClr.Optimization;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The state of training: the model, the optimizer's memory, the average of the weights, the figures of the epoch under way, and
/// the place reached.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private const string AveragedSteps = "averaged_steps";

    private readonly PretrainingOptions _options;

    /// <param name="options">The settings.</param>
    /// <param name="device">Where everything lies.</param>
    /// <param name="classes">How many classes an online probe tells apart, where the settings ask for one.</param>
    public TrainingState(PretrainingOptions options, Device device, int classes = 0)
    {
        _options = options;
        Device = device;
        Model = new SimClrModel(options.Model.ToResNet(), options.Model.ToHead(), options.Seed);
        Model.to(device);
        Model.train();
        Model.Freeze(options.Adaptation.Freeze);
        Optimizer = Optimization.Optimizer.InParts(
            options.Optimization.ToOptimizer(), Model.named_parameters(), SimClrModel.PartOf);
        if (options.Ema > 0) Average = new WeightAverage(options, Model, device);
        Figures = new EpochFigures(device);
        if (options.OnlineProbe && classes > 0) Probe = new OnlineProbe(Model.Encoder.FeatureDimension, classes, device);
    }

    public Device Device { get; }

    public SimClrModel Model { get; }

    public Optimizer Optimizer { get; }

    /// <summary>The average of the model's weights, where the settings ask for one.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The model that a run keeps in the end: the average where there is one, else the model of the last step.</summary>
    public SimClrModel Kept => Average?.Model ?? Model;

    /// <summary>The model that the run began with, where the settings ask to compare with it.</summary>
    public SimClrModel? Start { get; private set; }

    public EpochFigures Figures { get; }

    /// <summary>The classifier that is trained during pretraining, if any.</summary>
    public OnlineProbe? Probe { get; }

    /// <summary>Epochs completed.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps taken in the epoch under way.</summary>
    public int StepInEpoch { get; set; }

    /// <summary>Seconds of training so far, earlier sittings included.</summary>
    public double Seconds { get; set; }

    /// <summary>Steps taken in all.</summary>
    public int Step => (int)Optimizer.StepCount;

    /// <summary>Mean loss and contrastive accuracy of the last completed epoch.</summary>
    public (double Loss, double Top1) LastEpoch { get; set; } = (double.NaN, double.NaN);

    /// <summary>The figures of the epoch under way at its last logged step, from which the next log line counts.</summary>
    public FigureSums Logged { get; set; }

    /// <summary>Steps whose loss or gradient was not a number and which were left out.</summary>
    public int SkippedSteps { get; set; }

    /// <summary>How many of them since the last good one.</summary>
    public int SkippedInRow { get; set; }

    /// <summary>Seconds that states took to save, and their number.</summary>
    public double CheckpointSeconds { get; set; }

    /// <inheritdoc cref="CheckpointSeconds"/>
    public int CheckpointCount { get; set; }

    /// <summary>The step of the latest state on the disk, or null.</summary>
    public int? LastSaved { get; private set; }

    /// <summary>Keeps a copy of the model as it is now, where the settings ask for one.</summary>
    public void KeepStart()
    {
        if (!_options.Adaptation.KeepBetter) return;
        Start = new SimClrModel(_options.Model.ToResNet(), _options.Model.ToHead(), _options.Seed);
        Start.to(Device);
        Start.train();
        using var frozen = no_grad();
        var now = Model.state_dict();
        foreach (var (name, tensor) in Start.state_dict()) tensor.copy_(now[name]);
    }

    /// <summary>Mean loss and contrastive accuracy of the steps so far in the epoch under way.</summary>
    public (double Loss, double Top1) EpochMeans()
    {
        var (loss, top1, _) = Figures.Read().MeansSince(default);
        return (loss, top1);
    }

    public void Save(CheckpointStore store, string dataFingerprint)
    {
        var sums = Figures.Read();
        var figures = new Dictionary<string, double>
        {
            ["seconds"] = Seconds,
            ["epoch_loss_sum"] = sums.Loss,
            ["epoch_top1_sum"] = sums.Top1,
            ["epoch_entropy_sum"] = sums.Entropy,
            ["epoch_count"] = sums.Count,
            ["logged_loss_sum"] = Logged.Loss,
            ["logged_top1_sum"] = Logged.Top1,
            ["logged_entropy_sum"] = Logged.Entropy,
            ["logged_count"] = Logged.Count,
            ["last_epoch_loss"] = LastEpoch.Loss,
            ["last_epoch_top1"] = LastEpoch.Top1,
            ["skipped_steps"] = SkippedSteps,
            ["skipped_in_row"] = SkippedInRow,
            ["checkpoint_seconds"] = CheckpointSeconds,
            ["checkpoint_count"] = CheckpointCount,
        };
        if (Average is not null) figures[AveragedSteps] = Average.Steps;
        foreach (var (name, value) in Probe?.Figures ?? []) figures[name] = value;
        var info = new CheckpointInfo
        {
            Epoch = Epoch,
            Step = Step,
            StepInEpoch = StepInEpoch,
            Seed = _options.Seed,
            Settings = _options.ToJson().ToJsonString(),
            DataFingerprint = dataFingerprint,
            Figures = figures,
        };
        store.Save(info, Tensors());
        LastSaved = Step;
    }

    /// <summary>The tensors of a checkpoint; they belong to this object.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors() => Model.state_dict().Select(t => ("model." + t.Key, t.Value))
        .Concat(Optimizer.State.Select(t => ("optimizer." + t.Name, t.Tensor)))
        .Concat(Average?.State.Select(t => ("average." + t.Name, t.Tensor)) ?? [])
        .Concat(Probe?.State.Select(t => ("probe." + t.Name, t.Tensor)) ?? []);

    /// <summary>Continues from a checkpoint of the same settings.</summary>
    /// <exception cref="CheckpointException">The checkpoint does not fit the settings.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        try
        {
            using var frozen = no_grad();
            var saved = checkpoint.Tensors;
            foreach (var (name, tensor) in Model.state_dict()) tensor.copy_(saved["model." + name]);
            Optimizer.Restore(checkpoint.Info.Step, Named(saved, "optimizer."));
            var figures = checkpoint.Info.Figures;
            // A run that went without an average so far, and was accepted to go on with one, begins it now.
            if (figures.TryGetValue(AveragedSteps, out var averaged))
                Average?.Restore((long)averaged, Named(saved, "average."));
            (Epoch, StepInEpoch) = (checkpoint.Info.Epoch, (int)checkpoint.Info.StepInEpoch);
            Seconds = figures["seconds"];
            LastEpoch = (figures["last_epoch_loss"], figures["last_epoch_top1"]);
            Figures.Restore(Sums(figures, "epoch"));
            Logged = Sums(figures, "logged");
            SkippedSteps = (int)figures.GetValueOrDefault("skipped_steps");
            SkippedInRow = (int)figures.GetValueOrDefault("skipped_in_row");
            CheckpointSeconds = figures.GetValueOrDefault("checkpoint_seconds");
            CheckpointCount = (int)figures.GetValueOrDefault("checkpoint_count");
            LastSaved = Step;
            Probe?.Restore(checkpoint.Info.Step, Named(saved, "probe."), figures);
        }
        catch (Exception e) when (e is KeyNotFoundException or ArgumentException or ExternalException)
        {
            throw new CheckpointException($"The checkpoint does not fit the run's settings: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        Probe?.Dispose();
        Start?.Dispose();
        Average?.Dispose();
        Figures.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
    }

    // Checkpoints of earlier versions know no entropy, and nothing of the last logged step.
    private static FigureSums Sums(IReadOnlyDictionary<string, double> figures, string name)
    {
        var count = (int)figures.GetValueOrDefault($"{name}_count");
        double Sum(string figure) => figures.GetValueOrDefault($"{name}_{figure}_sum", count == 0 ? 0 : double.NaN);
        return new(Sum("loss"), Sum("top1"), Sum("entropy"), count);
    }

    private static Dictionary<string, Tensor> Named(IReadOnlyDictionary<string, Tensor> saved, string prefix) =>
        saved.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
}
