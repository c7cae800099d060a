using System.Diagnostics;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>How a training went.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Loss">Mean cross-entropy of the last epoch.</param>
/// <param name="Top1">Training accuracy of the last epoch.</param>
/// <param name="Seconds">Time.</param>
internal sealed record ClassifierFigures(long Steps, double Loss, double Top1, double Seconds);

/// <summary>
/// The training of a classifier and of the network below it: cross-entropy on one augmented view of every labeled image,
/// warmup and cosine decay. Everything random follows from the seed; no test image is ever seen.
/// </summary>
internal static class FineTuningLoop
{
    /// <summary>Trains a network where it stands and leaves it on the settings' device.</summary>
    /// <param name="network">The network; those of its weights that want a gradient are changed.</param>
    /// <param name="settings">
    /// Epochs, batch size, optimizer, learning rate, the first view's transforms, precision, device, threads and seed.
    /// </param>
    /// <param name="images">Images, all of which have labels.</param>
    /// <param name="unreadable">Remembers images that cannot be read.</param>
    /// <param name="stage">The name of the stage, for progress.</param>
    /// <param name="progress">Receives the figures of each epoch.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="TrainingDivergedException">The loss is no longer a number.</exception>
    public static ClassifierFigures Fit(FineTuningNetwork network, SupervisedOptions settings, IImageDataset images,
        UnreadableImages unreadable, string stage, IProgress<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        TorchRuntime.SetThreads(settings.Compute.Threads);
        var device = TorchRuntime.SelectDevice(settings.Compute.Device);
        var precision = TorchRuntime.SelectPrecision(settings.Compute.Precision, device);
        var batches = Batches(settings, images, unreadable, device, precision);
        network.to(device);
        network.train(!network.KeepsStatistics);
        var options = OptimizerOf(settings);
        using var body = Optimizer.Create(options, network.Body.named_parameters());
        using var classifier = Optimizer.Create(OfClassifier(options), network.Classifier);
        var schedule = settings.Schedule.Create(batches.StepsPerEpoch, settings.BatchSize);
        using var sums = zeros(2, float64, device).DetachFromDisposeScope(); // [2]: loss, top-1
        var (loss, top1) = (double.NaN, double.NaN);
        for (var epoch = 0; epoch < settings.Schedule.Epochs; epoch++)
        {
            foreach (var batch in batches.Epoch(epoch, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(batch, schedule.At(body.StepCount));
            }
            (loss, top1) = Means(sums, batches.StepsPerEpoch);
            if (!double.IsFinite(loss))
                throw new TrainingDivergedException($"The cross-entropy is not a number any more in epoch {epoch + 1} ({stage}); "
                    + $"try a lower {nameof(settings.Schedule.LearningRate)} than {settings.Schedule.LearningRate}.")
                {
                    Setting = nameof(settings.Schedule.LearningRate),
                };
            var remaining = Stopwatch.GetElapsedTime(started) / (epoch + 1) * (settings.Schedule.Epochs - epoch - 1);
            progress?.Report(new FineTuningProgress(stage, epoch + 1, settings.Schedule.Epochs, loss, top1, remaining));
        }
        return new ClassifierFigures(body.StepCount, loss, top1, Stopwatch.GetElapsedTime(started).TotalSeconds);

        void Step(LabeledBatch batch, double rate)
        {
            using var scope = NewDisposeScope();
            var views = batch.ToTensor(device).to(precision);       // [B, 3, S, S]
            var labels = tensor(batch.Labels).to(device);           // [B]
            var scores = network.call(views);                       // [B, C]
            var crossEntropy = nn.functional.cross_entropy(scores, labels);
            body.ZeroGrad();
            classifier.ZeroGrad();
            crossEntropy.backward();
            body.Step(rate);
            classifier.Step(rate);
            var right = scores.detach().argmax(1).eq(labels).to(float64).mean();
            sums.add_(stack([crossEntropy.detach().to(float64), right]), Scalars.One); // [2]
        }
    }

    private static LabeledBatches Batches(SupervisedOptions settings, IImageDataset images, UnreadableImages unreadable,
        Device device, ScalarType precision)
    {
        var type = precision == ScalarType.BFloat16 ? PixelType.BFloat16 : PixelType.Float32;
        var options = new ViewBatchOptions
        {
            BatchSize = settings.BatchSize,
            Seed = settings.Seed,
            Workers = settings.Compute.Workers,
            Format = PixelFormat.Default with { Type = type },
            PageLocked = device.type == DeviceType.CUDA,
        };
        return new LabeledBatches(images, settings.Views.CreatePolicies(settings.Model).First, options, unreadable);
    }

    private static OptimizerOptions OptimizerOf(SupervisedOptions settings)
    {
        var options = settings.Optimization.ToOptimizer();
        return options with { Nesterov = options.Nesterov || options.Kind == OptimizerKind.Sgd };
    }

    // LARS would hardly move weights that start with zeros; the official code exempts the classifier from its adaptation, too.
    private static OptimizerOptions OfClassifier(OptimizerOptions body) => body.Kind == OptimizerKind.Lars
        ? new OptimizerOptions { Kind = OptimizerKind.Sgd, Momentum = body.Momentum, Nesterov = body.Nesterov, WeightDecay = 0 }
        : body;

    /// <summary>The means of an epoch; the sums begin anew.</summary>
    private static (double Loss, double Top1) Means(Tensor sums, int steps)
    {
        using var scope = NewDisposeScope();
        var values = sums.cpu().data<double>().ToArray();
        sums.zero_();
        return (values[0] / steps, values[1] / steps);
    }
}
