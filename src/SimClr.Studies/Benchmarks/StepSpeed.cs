using System.Diagnostics;
using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Native;
using SimClr.Settings;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Studies;

/// <summary>Milliseconds of the parts of a training step; medians, so that they need not add up exactly.</summary>
/// <param name="Data">Waiting for the views, and bringing them to the device.</param>
/// <param name="Forward">Encoder and head; both times, where a batch goes through them in micro-batches.</param>
/// <param name="Loss">NT-Xent.</param>
/// <param name="Backward">Gradients of everything.</param>
/// <param name="Optimizer">Changing the weights.</param>
public sealed record StepParts(
    [property: JsonPropertyName("data")] double Data,
    [property: JsonPropertyName("forward")] double Forward,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("backward")] double Backward,
    [property: JsonPropertyName("optimizer")] double Optimizer)
{
    /// <summary>All parts together.</summary>
    [JsonIgnore]
    public double Whole => Data + Forward + Loss + Backward + Optimizer;
}

/// <summary>How fast this machine trains, and where a step's time goes.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="Width">Its width.</param>
/// <param name="ImageSize">Side of the views.</param>
/// <param name="Precision"><c>bf16</c> or <c>fp32</c>.</param>
/// <param name="Views">Views of a step, V·N.</param>
/// <param name="ViewsPerSecond">Of whole steps, data included; from the median step.</param>
/// <param name="BareViewsPerSecond">
/// The same for one forward and backward pass of the encoder and head alone, measured in turns with the steps; with
/// micro-batches, of one of them.
/// </param>
/// <param name="Milliseconds">Where the time goes.</param>
/// <param name="Steps">How many steps were measured.</param>
/// <param name="PeakMemoryBytes">Largest resident memory of the process.</param>
/// <param name="Compute">Device and processor.</param>
public sealed record StepSpeed(
    [property: JsonPropertyName("encoder")] string Encoder,
    [property: JsonPropertyName("width")] double Width,
    [property: JsonPropertyName("image_size")] int ImageSize,
    [property: JsonPropertyName("precision")] string Precision,
    [property: JsonPropertyName("views")] int Views,
    [property: JsonPropertyName("views_per_second")] double ViewsPerSecond,
    [property: JsonPropertyName("bare_views_per_second")] double BareViewsPerSecond,
    [property: JsonPropertyName("milliseconds")] StepParts Milliseconds,
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("peak_memory_bytes")] long PeakMemoryBytes,
    [property: JsonPropertyName("compute")] string Compute)
{
    private const int WarmUpSteps = 2;

    /// <summary>Measures. The machine should have nothing else to do.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives a line for every step.</param>
    /// <param name="cancellationToken">Ends the measurement between steps.</param>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    /// <exception cref="DataException">The images cannot be read, or are fewer than a batch.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static StepSpeed Measure(
        StepSpeedOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Validated().Settings;
        var steps = WarmUpSteps + options.Steps;
        var images = DatasetSource.Open(
            options.Data ?? $"shapes:{Math.Max(DatasetSource.MinShapes, settings.BatchSize)}", settings.Model.DrawnSide).Train;
        StepClock? clock = null;
        using var training = new TrainingSteps(settings, images, part => clock!.EndPart(part));
        clock = new StepClock(training.Device);
        var laps = new List<StepParts>();
        var bare = new List<double>();
        using var alone = new BarePass(training, settings);
        for (var epoch = 0; laps.Count < steps; epoch++)
        {
            clock.Begin();
            foreach (var batch in training.Epoch(epoch, cancellationToken))
            {
                stage?.Report($"step {laps.Count + 1} of {steps}");
                training.Take(batch, learningRate: 1e-3, cancellationToken);
                laps.Add(clock.Parts);
                // In turns with the steps, so that a machine that drifts is as slow for both.
                bare.Add(alone.Milliseconds(clock));
                if (laps.Count == steps) break;
                clock.Begin();
            }
        }
        laps.RemoveRange(0, WarmUpSteps);
        bare.RemoveRange(0, WarmUpSteps);
        var views = settings.ViewsPerStep;
        using var process = Process.GetCurrentProcess();
        return new StepSpeed(settings.Model.ToResNet().Name, settings.Model.Width, settings.Model.ImageSize.Last,
            training.Precision == ScalarType.BFloat16 ? "bf16" : "fp32", views,
            1000 * views / Timing.Median(laps, lap => lap.Whole), 1000 * alone.Views / Timing.Median(bare, lap => lap),
            new StepParts(Timing.Median(laps, lap => lap.Data), Timing.Median(laps, lap => lap.Forward),
                Timing.Median(laps, lap => lap.Loss),
                Timing.Median(laps, lap => lap.Backward), Timing.Median(laps, lap => lap.Optimizer)),
            options.Steps, process.PeakWorkingSet64, TorchRuntime.Describe(training.Device));
    }

    /// <summary>
    /// One forward and backward pass on as many random views as go through the network together, and nothing else.
    /// </summary>
    private sealed class BarePass : IDisposable
    {
        private readonly TrainingSteps _training;
        private readonly Tensor _views;

        public BarePass(TrainingSteps training, PretrainingOptions settings)
        {
            _training = training;
            Views = settings.Views.Views * (settings.MicroBatch > 0 ? settings.MicroBatch : settings.BatchSize);
            using var scope = NewDisposeScope();
            var side = settings.Model.ImageSize.Last;
            _views = rand(Views, side, side, 3, device: training.Device).to(training.Precision)
                .permute(0, 3, 1, 2).MoveToOuterDisposeScope(); // [V·m, 3, S, S]
        }

        /// <summary>V·m: the views of one pass.</summary>
        public int Views { get; }

        public double Milliseconds(StepClock clock)
        {
            using var scope = NewDisposeScope();
            clock.Begin();
            _training.Optimizer.ZeroGrad();
            _training.Model.call(_views).sum().backward();
            clock.EndPart(StepPhase.Backward);
            return clock.Parts.Backward;
        }

        public void Dispose() => _views.Dispose();
    }
}
