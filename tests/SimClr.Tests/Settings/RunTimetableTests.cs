using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Tests.Settings;

/// <summary>The plan for a given time.</summary>
public sealed class RunTimetableTests
{
    // A step of 10 images of 2 views; its time goes with the square of the side.
    private static readonly PretrainingOptions Options = new()
    {
        BatchSize = 10,
        Model = new() { ImageSize = 96 },
        Schedule = new() { Epochs = 1000, WarmupEpochs = 10 },
    };

    private static readonly Dictionary<int, double> Speeds = new() { [96] = 0.96 * 0.96, [72] = 0.72 * 0.72, [48] = 0.48 * 0.48 };

    [Fact]
    public void Where_time_suffices_views_keep_their_side_and_epochs_fill_it()
    {
        var plan = RunTimetable.Fit(Options, images: 100, Speeds, TimeSpan.FromHours(1), keep: false); // 390 epochs
        Assert.Equal(96, plan.Options.Model.ImageSize);
        Assert.Equal((390, 10.0), (plan.Options.Schedule.Epochs, plan.Options.Schedule.WarmupEpochs));
        Assert.InRange(plan.Expected.TotalSeconds, 3580, 3600);
    }

    [Fact]
    public void Where_it_is_short_a_run_begins_with_smaller_views_and_ends_with_the_side_that_was_asked_for()
    {
        var plan = RunTimetable.Fit(Options, images: 1000, Speeds, TimeSpan.FromHours(1), keep: false); // 39 epochs of 96 px
        var sizes = plan.Options.Model.ImageSize;
        Assert.Equal([48, 96], sizes.Stages.Select(stage => stage.Side));
        Assert.InRange(sizes.Stages[1].Share, 0.2, 0.3);
        Assert.InRange(plan.Options.Schedule.Epochs, 80, 100);
        Assert.Equal(plan.Options.Schedule.Epochs * 0.1, plan.Options.Schedule.WarmupEpochs, 9);
        Assert.InRange(plan.Expected.TotalSeconds, 3500, 3600);
        Assert.Equal(96, plan.Options.Model.EvaluationSide);
        Assert.Equal(Options.Model.ToResNet(), plan.Options.Model.ToResNet()); // the stem too
    }

    [Fact]
    public void A_side_that_the_user_chose_stays()
    {
        var plan = RunTimetable.Fit(Options, images: 1000, Speeds, TimeSpan.FromHours(1), keep: true);
        Assert.Equal((96, 39), (plan.Options.Model.ImageSize.Last, plan.Options.Schedule.Epochs));
        var growing = Options with { Model = Options.Model with { ImageSize = ImageSizes.Parse("48:0.5,72:0.5") } };
        plan = RunTimetable.Fit(growing, images: 1000, Speeds, TimeSpan.FromHours(1), keep: false);
        Assert.Equal(growing.Model.ImageSize, plan.Options.Model.ImageSize);
        Assert.InRange(plan.Expected.TotalSeconds, 3500, 3610);
    }

    [Fact]
    public void Data_too_large_for_an_epoch_are_limited()
    {
        var plan = RunTimetable.Fit(Options, images: 1_000_000, Speeds, TimeSpan.FromHours(1), keep: false);
        Assert.Equal(1, plan.Options.Schedule.Epochs);
        Assert.InRange(plan.Options.Limit, 100_000, 160_000);
        Assert.InRange(plan.Expected.TotalSeconds, 3500, 3600);
        Assert.Equal(0, plan.Options.Limit % 10);
    }

    [Fact]
    public void Some_time_there_must_be() => Assert.Equal("A step takes 0.9 s here; the time is too short for two of them.",
        Assert.Throws<SettingsException>(() =>
            RunTimetable.Fit(Options, images: 100, Speeds, TimeSpan.FromSeconds(1), keep: true)).Message);

    [Fact]
    public void Only_sides_that_a_plan_can_use_are_measured()
    {
        Assert.Equal([96, 72, 48], RunTimetable.Sides(96, keep: false));
        Assert.Equal([24, 16], RunTimetable.Sides(24, keep: false));
        Assert.Equal([12], RunTimetable.Sides(12, keep: false));
        Assert.Equal([96], RunTimetable.Sides(96, keep: true));
        Assert.Equal([16, 20, 24], RunTimetable.Sides(ImageSizes.Parse("16..24"), keep: false));
    }
}
