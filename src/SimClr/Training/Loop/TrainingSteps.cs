using SimClr.Data;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The parts of a run put together as <see cref="Pretrainer"/> does, for taking steps one by one: no run folder, no schedule, no
/// checkpoints. For measuring, and for loops of one's own that keep a run's settings.
/// </summary>
public sealed class TrainingSteps : IDisposable
{
    private readonly TrainingState _state;
    private readonly NonFiniteGuard _guard;
    private readonly TrainingStep _step;
    private readonly ViewBatches _batches;

    /// <summary>Makes model, optimizer and loader.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="images">The training data.</param>
    /// <param name="partEnded">Is called when a part of a step ends; or null.</param>
    /// <exception cref="SettingsException">A setting is out of bounds, or the device is not there.</exception>
    /// <exception cref="DataException">There are fewer images than a batch has.</exception>
    public TrainingSteps(PretrainingOptions options, IImageDataset images, Action<StepPhase>? partEnded = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(images);
        var device = TorchRuntime.SelectDevice(options.Validated().Compute.Device);
        TorchRuntime.SetThreads(options.Compute.Threads);
        Precision = TorchRuntime.SelectPrecision(options.Compute.Precision, device);
        _batches = Pretrainer.Views(options, images, device, new UnreadableImages());
        _state = new TrainingState(options, device);
        _guard = new NonFiniteGuard(options, _state, logger: null);
        _step = new TrainingStep(_state, options.Objective.Create(), Precision, options.MicroBatch, images)
        {
            PartEnded = partEnded,
            Rates = new(options, _batches.StepsPerEpoch),
            Guard = _guard,
        };
    }

    /// <summary>Where the model is.</summary>
    public Device Device => _state.Device;

    /// <summary>The type that the encoder computes in.</summary>
    public ScalarType Precision { get; }

    /// <summary>Encoder and projection head, in training mode; owned by this object.</summary>
    public SimClrModel Model => _state.Model;

    /// <summary>
    /// The same with averaged weights, and batch norm statistics that are averaged likewise; owned by this object. Null where
    /// <see cref="PretrainingOptions.Ema"/> is 0.
    /// </summary>
    public SimClrModel? AveragedModel => _state.Average?.Model;

    /// <summary>The optimizer; owned by this object.</summary>
    public Optimizer Optimizer => _state.Optimizer;

    /// <summary>The batches of an epoch, rendered ahead; each is valid until the next is asked for.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<ViewBatch> Epoch(int epoch, CancellationToken cancellationToken = default) =>
        _batches.Epoch(epoch, 0, cancellationToken);

    /// <summary>One step: the views of every image in, better weights out. Temporary tensors are gone when it returns.</summary>
    /// <exception cref="TrainingDivergedException">Loss or gradient is not a number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled between micro-batches; nothing has changed
    /// then.</exception>
    public void Take(ViewBatch batch, double learningRate, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        _step.Take(batch, learningRate, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _guard.Dispose();
        _state.Dispose();
    }
}
