using System.Diagnostics;
using SimClr.Data;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>
/// Plans a run for a given time instead of a given number of epochs: it takes some steps, measures them, and chooses epochs,
/// warmup and the side of the views so that the schedule is finished when the time is over.
/// </summary>
public static class RunPlanner
{
    private const int WarmUpSteps = 2, LeastSteps = 3;
    private const double ShareToMeasure = 0.01; // of the time, for each side
    private const double Reserve = 0.03;        // of the time: checkpoints, the end, and a machine that slows down

    /// <summary>Measures and plans. The data are those that the run will have; nothing is written.</summary>
    /// <param name="options">
    /// The settings. Epochs are replaced; the warmup is at most a tenth of them, and so are the epochs of the head alone. All
    /// else is kept, but for the side of the views as <paramref name="keepImageSize"/> says.
    /// </param>
    /// <param name="data">The data.</param>
    /// <param name="time">The time for measuring and training together.</param>
    /// <param name="keepImageSize">
    /// Whether views keep their side. If not, and there is one side that shows each image too seldom, the run begins with
    /// smaller views.
    /// </param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="SettingsException">A setting is out of bounds, or the time is too short for a run.</exception>
    /// <exception cref="DataException">The data cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PlannedRun Plan(PretrainingOptions options, OpenedData data, TimeSpan time, bool keepImageSize = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        var began = Stopwatch.GetTimestamp();
        var images = Pretrainer.Images(options.Validated(), data);
        var measured = new SortedDictionary<int, double>();
        foreach (var side in RunTimetable.Sides(options.Model.ImageSize, keepImageSize))
            measured[side] = Measure(options, images, side, time, cancellationToken);
        var left = (1 - Reserve) * time - Stopwatch.GetElapsedTime(began);
        return RunTimetable.Fit(options, images.Count, measured, left, keepImageSize);
    }

    private static double Measure(
        PretrainingOptions options, IImageDataset images, int side, TimeSpan time, CancellationToken cancellationToken)
    {
        var enough = TimeSpan.FromSeconds(Math.Max(1, ShareToMeasure * time.TotalSeconds));
        var settings = options with
        {
            Model = options.Model with { ImageSize = side },
            InitialWeights = "",
            Adaptation = options.Adaptation with { HeadEpochs = 0, KeepBetter = false },
        };
        using var training = new TrainingSteps(settings, images);
        var (steps, began) = (-WarmUpSteps, Stopwatch.GetTimestamp());
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batch in training.Epoch(epoch, cancellationToken))
            {
                training.Take(batch, learningRate: 1e-3, cancellationToken);
                steps++;
                if (steps == 0) began = Stopwatch.GetTimestamp();
                var elapsed = Stopwatch.GetElapsedTime(began);
                if (steps >= LeastSteps && elapsed >= enough) return elapsed.TotalSeconds / steps;
            }
        }
    }
}
