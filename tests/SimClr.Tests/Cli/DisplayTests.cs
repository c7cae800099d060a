using SimClr.Cli.Display;
using SimClr.Runs;

namespace SimClr.Tests.Cli;

public sealed class DisplayTests
{
    private static TrainingMetrics At(int epoch, int step, double loss = 3) =>
        new()
        {
            Epoch = epoch,
            Epochs = 2,
            Step = step,
            TotalSteps = 2000,
            Loss = loss,
            ChanceLoss = Math.Log(511),
            ContrastiveTop1 = 0.5,
            LearningRate = 0.25,
            ViewsPerSecond = 140.4,
            Remaining = TimeSpan.FromSeconds(3725),
        };

    [Fact]
    public void Plain_lines_come_with_epochs_and_the_end_rather_than_with_steps()
    {
        var lines = new List<string>();
        var progress = new LineProgress(lines.Add);
        for (var step = 1; step <= 2000; step++) progress.Report(At(1, step));
        Assert.Equal(2, lines.Count); // the first report and the last; the loop takes far less than the 30 s between lines
        Assert.Equal(
            "epoch 1/2 step 1/2000 loss 3.000 (chance 6.236) pairs found 50.0 % lr 0.25 140 views/s 1:02:05 left", lines[0]);
        Assert.Contains("step 2000/2000", lines[1]);
    }

    [Fact]
    public void A_loss_without_a_chance_level_stands_alone() =>
        Assert.Contains("loss 3.000 pairs found", LineProgress.Line(At(1, 1) with { ChanceLoss = null }));

    [Fact]
    public void A_stage_says_how_much_is_done_and_how_long_the_rest_takes()
    {
        var lines = new List<string>();
        var share = new StageShare(new StageProgress.Words(lines.Add), "comparing", total: 4000, TimeSpan.Zero);
        share.Report(0.359);
        share.Report(3999);
        share.Report(4000); // the next stage says so
        Assert.Equal(["comparing", "comparing: 35 %, 0:00 left", "comparing: 3,999 done, 0:00 left"], lines);
    }

    [Fact]
    public void A_stage_is_silent_between_its_lines()
    {
        var lines = new List<string>();
        IProgress<double> share =
            new StageShare(new StageProgress.Words(lines.Add), "comparing", total: 0, TimeSpan.FromHours(1));
        for (var i = 0; i < 100; i++) share.Report(i / 100.0);
        Assert.Equal(["comparing"], lines);
    }

    [Fact]
    public void A_falling_loss_is_drawn_falling()
    {
        var history = new LossHistory();
        for (var i = 0; i < 5000; i++) history.Add(6 - i / 1000.0);
        var drawn = history.Draw(8);
        Assert.Equal("█▇▆▅▄▃▂▁", drawn);
    }

    [Fact]
    public void A_constant_loss_or_too_few_can_be_drawn()
    {
        var history = new LossHistory();
        Assert.Equal("", history.Draw(10));
        history.Add(1);
        history.Add(double.NaN);
        history.Add(1);
        Assert.Equal("▁▁", history.Draw(10));
    }

    [Theory]
    [InlineData(-3, "0:00")]
    [InlineData(59, "0:59")]
    [InlineData(3600, "1:00:00")]
    [InlineData(90000, "1 d 1 h")]
    public void Durations_read_like_a_clock(int seconds, string text) =>
        Assert.Equal(text, Numbers.Duration(TimeSpan.FromSeconds(seconds)));
}
