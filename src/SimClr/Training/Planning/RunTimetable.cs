using SimClr.Settings;

namespace SimClr.Training;

/// <summary>The arithmetic of a plan: which settings fill a time, given how long a step takes.</summary>
internal static class RunTimetable
{
    // As many looks at each image as 100 epochs of two views; below, smaller views that show each more often serve better.
    private const double EnoughViewsOfEach = 200;

    // Smaller views than these show too little of most images.
    private const int LeastSide = 16;

    // Views grow for the last part of the steps, so that the encoder gets used to the side at which it will be used.
    private const double ShareOfLastSide = 0.25, LeastShare = 0.02;

    private const double WarmupShare = 0.1;

    /// <summary>The sides whose speed a plan needs: those of the run, and smaller ones that it may begin with.</summary>
    public static IReadOnlyList<int> Sides(ImageSizes sizes, bool keep)
    {
        if (keep || !sizes.IsConstant) return [.. sizes.Stages.Select(stage => stage.Side).Distinct()];
        return [.. new[] { sizes.Last, Quarters(sizes.Last, 3), Quarters(sizes.Last, 2) }
            .Where(side => side >= Math.Min(LeastSide, sizes.Last)).Distinct()];
    }

    /// <summary>Settings that fill the time.</summary>
    /// <param name="options">The settings to begin from.</param>
    /// <param name="images">Images of the data.</param>
    /// <param name="secondsPerStep">Seconds of a step by side, for every one of <see cref="Sides"/>.</param>
    /// <param name="time">The time for training.</param>
    /// <param name="keep">Whether views keep their side.</param>
    /// <exception cref="SettingsException">The time is too short for two steps.</exception>
    public static PlannedRun Fit(PretrainingOptions options, int images, IReadOnlyDictionary<int, double> secondsPerStep,
        TimeSpan time, bool keep)
    {
        var sizes = options.Model.ImageSize;
        if (keep || !sizes.IsConstant) return Whole(options, images, secondsPerStep, time);
        var sides = Sides(sizes, keep).OrderDescending().ToList();
        var first = sides.FirstOrDefault(side => ViewsOfEach(side) >= EnoughViewsOfEach, sides[^1]);
        return first == sizes.Last
            ? Whole(options, images, secondsPerStep, time)
            : Growing(options, images, secondsPerStep, time, first);

        double ViewsOfEach(int side) => options.Views.All
            * (time.TotalSeconds / MeanSeconds(side, sizes.Last, secondsPerStep) * options.BatchSize / images);
    }

    /// <summary>Seconds of a step, on average over a run that begins with one side and ends with another.</summary>
    private static double MeanSeconds(int first, int last, IReadOnlyDictionary<int, double> secondsPerStep) =>
        (1 - ShareOfLastSide) * secondsPerStep[first] + ShareOfLastSide * secondsPerStep[last];

    /// <summary>Small views first, and as many large ones at the end as fill the time.</summary>
    private static PlannedRun Growing(PretrainingOptions options, int images,
        IReadOnlyDictionary<int, double> secondsPerStep, TimeSpan time, int first)
    {
        var last = options.Model.ImageSize.Last;
        var (small, large) = (secondsPerStep[first], secondsPerStep[last]);
        var stepsPerEpoch = images / options.BatchSize;
        var epochs = Math.Max(1, Math.Floor(time.TotalSeconds / MeanSeconds(first, last, secondsPerStep) / stepsPerEpoch));
        var share = large > small ? (time.TotalSeconds / (epochs * stepsPerEpoch) - small) / (large - small) : 1;
        share = Math.Round(Math.Clamp(share, 0, 1), 2, MidpointRounding.ToZero);
        var model = options.Model;
        var sides = share switch
        {
            < LeastShare => first,
            >= 1 => last,
            _ => ImageSizes.Parse(FormattableString.Invariant($"{first}:{1 - share:0.##},{last}:{share:0.##}")),
        };
        // What follows the last side must not change with it.
        var planned = options with
        {
            Model = model with { ImageSize = sides, EvaluationImageSize = model.EvaluationSide, Stem = model.ToResNet().Stem },
        };
        return Whole(planned, images, secondsPerStep, time);
    }

    /// <summary>Whole epochs of views whose sides are given.</summary>
    private static PlannedRun Whole(
        PretrainingOptions options, int images, IReadOnlyDictionary<int, double> secondsPerStep, TimeSpan time)
    {
        var mean = options.Model.ImageSize.Stages.Sum(stage => stage.Share * secondsPerStep[stage.Side]);
        var steps = time.TotalSeconds / mean;
        if (steps < 2)
            throw new SettingsException(FormattableString.Invariant(
                $"A step takes {mean:0.0} s here; the time is too short for two of them."));
        var stepsPerEpoch = images / options.BatchSize;
        // The last epoch may be a little late, rather than that a tenth of the time is lost.
        var epochs = (int)Math.Floor(steps / stepsPerEpoch + 0.02);
        if (epochs == 0) // not once all images: as many as there is time for
        {
            (epochs, stepsPerEpoch) = (1, (int)steps);
            options = options with { Limit = stepsPerEpoch * options.BatchSize };
        }
        var schedule = options.Schedule;
        return new(options with
        {
            Schedule = schedule with
            {
                Epochs = epochs,
                WarmupEpochs = AtMost(schedule.WarmupEpochs),
            },
            Adaptation = options.Adaptation with { HeadEpochs = AtMost(options.Adaptation.HeadEpochs) },
        }, secondsPerStep, TimeSpan.FromSeconds(epochs * stepsPerEpoch * mean));

        double AtMost(double some) => Math.Round(Math.Min(some, WarmupShare * epochs), 3);
    }

    // Quarters of a side, as a multiple of 4.
    private static int Quarters(int side, int quarters) => side * quarters / 16 * 4;
}
