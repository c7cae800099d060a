using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Tests.Training;

public sealed class CollapseAlarmTests
{
    private const int StepsPerEpoch = 100;

    // N = 256: guessing finds 1 in 511, and chance is ln 511. Warmup ends with step 50.
    private static readonly PretrainingOptions Options = new()
    {
        Schedule = new() { WarmupEpochs = 0.5, Epochs = 10, LearningRate = 15 },
    };

    private static readonly double Chance = Math.Log(511);

    // As an untrained CIFAR-10 encoder and one in the middle of its training were seen.
    private static readonly TrainingMetrics Untrained = Line(loss: 5.81, found: 0.057, uniformity: -3.36, rank: 67.5);
    private static readonly TrainingMetrics Healthy = Line(loss: 5.2, found: 0.08, uniformity: -3.27, rank: 58);
    private static readonly TrainingMetrics Collapsed = Line(loss: Chance, found: 0.002, uniformity: -0.01, rank: 1.2);
    private static readonly TrainingMetrics Flat = Line(loss: 5.2, found: 0.08, uniformity: -3.27, rank: 9.7);
    private static readonly TrainingMetrics Stuck = Line(loss: 0.999 * Chance, found: 0.003, uniformity: -3.27, rank: 58);

    public static TheoryData<string> Kinds => ["collapse", "dimensional_collapse", "not_learning"];

    [Fact]
    public void A_run_that_learns_is_never_warned_of()
    {
        Assert.Empty(After(Every(5, 1000, step => step < 100 ? Untrained : Healthy)).Warnings);
        Assert.Empty(After(Every(1, 200, _ => Untrained)).Warnings);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sign_that_lasts_is_told_once_with_its_numbers_and_a_way_out(string kind)
    {
        var alarm = new CollapseAlarm(Options, StepsPerEpoch);
        var lines = Every(5, 1000, step => step <= 100 ? Untrained : Sick(kind));
        var told = lines.Select(alarm.Look).OfType<TrainingWarning>().ToList();
        var warning = Assert.Single(told);
        Assert.Equal(told, alarm.Warnings);
        var certain = kind == "not_learning" ? 200 : 150; // lines 105, 110, …, 150 are ten, and ten more are an epoch
        Assert.Equal((kind, certain), (warning.Kind, warning.Step));
        Assert.StartsWith("Since step 105 ", warning.Message, StringComparison.Ordinal);
        Assert.Contains("a lower LearningRate than 15", warning.Message, StringComparison.Ordinal);
        string[] numbers = kind switch
        {
            "collapse" => ["0.998", "-0.010"], // 1 − 0.01/4
            "dimensional_collapse" => ["9.7 of 128"],
            _ => ["6.230", "6.236", "0.3 %", "5.7 %", "0.2 %"],
        };
        Assert.All(numbers, number => Assert.Contains(number, warning.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', warning.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sign_that_passes_is_not_told(string kind) =>
        Assert.Empty(After(Every(5, 5000, step => step % 50 == 0 ? Healthy : Sick(kind))).Warnings); // nine lines at most

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Warmup_is_not_judged_and_a_few_steps_are_too_few(string kind)
    {
        Assert.Empty(After(Every(1, 50, _ => Sick(kind))).Warnings);
        Assert.Empty(After(Every(1, 70, _ => Sick(kind))).Warnings);
        Assert.Single(After(Every(1, 71, _ => Sick(kind))).Warnings); // 51 to 71 are twenty steps
    }

    [Fact]
    public void The_severest_sign_speaks_for_those_it_brings_with_it()
    {
        Assert.Equal("collapse", Assert.Single(After(Every(5, 1000, _ => Collapsed)).Warnings).Kind);
        // Later the others may speak for themselves.
        var warnings = After(Every(5, 1000, step => step < 500 ? Collapsed : Flat)).Warnings;
        Assert.Equal(["collapse", "dimensional_collapse"], warnings.Select(w => w.Kind));
    }

    [Fact]
    public void Projections_that_are_exactly_alike_have_a_uniformity_without_a_sign()
    {
        var warning = Assert.Single(After(Every(5, 1000, _ => Collapsed with { Uniformity = -1e-15 })).Warnings);
        Assert.Contains("uniformity 0.000", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_at_chance_is_told_though_an_untrained_encoder_finds_some_partners()
    {
        // Seen at a temperature of 100: similarities hardly matter to the loss, and the accuracy stays what it was at first.
        var hot = Untrained with { Loss = 0.9995 * Chance };
        var alarm = new CollapseAlarm(Options with { Objective = Options.Objective with { Temperature = 100 } }, StepsPerEpoch);
        foreach (var line in Every(5, 1000, _ => hot)) alarm.Look(line);
        var warning = Assert.Single(alarm.Warnings);
        Assert.Equal("not_learning", warning.Kind);
        Assert.Contains("a lower Temperature than 100", warning.Message, StringComparison.Ordinal);
        Assert.Contains("another LearningRate than 15", warning.Message, StringComparison.Ordinal);
        // If the accuracy has grown, it does learn.
        Assert.Empty(After(Every(5, 1000, step => step <= 50 ? hot : hot with { ContrastiveTop1 = 0.2 })).Warnings);
    }

    [Fact]
    public void A_loss_above_chance_that_falls_is_learning()
    {
        // Seen with the built-in shapes: images that look alike untrained, spread by batch norm, and an accuracy that falls at
        // first, while colors are unlearned.
        var shapes = Untrained with { Loss = 6.73, ContrastiveTop1 = 0.041 };
        Assert.Empty(After(Every(1, 200, step => shapes with { Loss = 6.73 - 0.006 * step, ContrastiveTop1 = 0.02 })).Warnings);
        Assert.Single(After(Every(1, 200, step => shapes with { ContrastiveTop1 = 0.02 })).Warnings);
        // Unless it finds no more than guessing all the while.
        Assert.Single(After(Every(1, 200, step => shapes with { Loss = 6.73 - 0.002 * step, ContrastiveTop1 = 0.002 })).Warnings);
    }

    [Fact]
    public void Without_a_chance_level_the_accuracy_alone_says_it()
    {
        var stuck = Stuck with { ChanceLoss = null, Loss = 0.3 };
        Assert.Equal("not_learning", Assert.Single(After(Every(5, 1000, _ => stuck)).Warnings).Kind);
        Assert.Empty(After(Every(5, 1000, _ => stuck with { ContrastiveTop1 = 0.02 })).Warnings);
    }

    [Fact]
    public void Lines_without_figures_say_nothing()
    {
        Assert.Empty(After(Every(5, 1000, _ => new TrainingMetrics { Epoch = 1, Loss = 5 })).Warnings);
    }

    [Theory]
    [InlineData(120)] // before it is certain
    [InlineData(150)]
    [InlineData(700)]
    public void A_run_that_goes_on_is_warned_of_as_if_it_had_not_stopped(int stop)
    {
        var lines = Every(5, 1000, step => step <= 100 ? Untrained : step <= 600 ? Flat : Collapsed).ToList();
        var whole = After(lines);
        var alarm = CollapseAlarm.Replay(Options, StepsPerEpoch, lines.Where(line => line.Step <= stop));
        foreach (var line in lines.Where(line => line.Step > stop)) alarm.Look(line);
        Assert.Equal(2, whole.Warnings.Count);
        Assert.Equal(whole.Warnings, alarm.Warnings);
    }

    [Theory]
    [InlineData(ProjectionHeadKind.Nonlinear, 128, 256, 128)]
    [InlineData(ProjectionHeadKind.Nonlinear, 2, 256, 2)]
    [InlineData(ProjectionHeadKind.Nonlinear, 1024, 512, 256)] // no more images are looked at
    [InlineData(ProjectionHeadKind.Nonlinear, 128, 32, 32)]
    [InlineData(ProjectionHeadKind.Identity, 128, 4096, 128)]  // 512 features at a width of 0.25
    public void What_is_possible_depends_on_the_head_and_the_batch(ProjectionHeadKind head, int dimension, int batch,
        int expected) =>
        Assert.Equal(expected, CollapseAlarm.MaxDimensions(
            new() { Model = new() { Head = head, ProjectionDimension = dimension, Width = 0.25 }, BatchSize = batch }));

    private static TrainingMetrics Line(double loss, double found, double uniformity, double rank) =>
        new()
        {
            Epoch = 1,
            Loss = loss,
            ChanceLoss = Chance,
            ContrastiveTop1 = found,
            LearningRate = 1,
            ViewsPerSecond = 500,
            Uniformity = uniformity,
            EffectiveRankZ = rank,
        };

    private static TrainingMetrics Sick(string kind) =>
        kind switch { "collapse" => Collapsed, "dimensional_collapse" => Flat, _ => Stuck };

    private static IEnumerable<TrainingMetrics> Every(int interval, int last, Func<int, TrainingMetrics> line) =>
        Enumerable.Range(1, last / interval).Select(i => line(i * interval) with { Step = i * interval });

    private static CollapseAlarm After(IEnumerable<TrainingMetrics> lines) => CollapseAlarm.Replay(Options, StepsPerEpoch, lines);
}
