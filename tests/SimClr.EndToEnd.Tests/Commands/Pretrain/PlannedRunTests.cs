using SimClr.Runs;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>pretrain --minutes</c>: the time is given, and the epochs follow.</summary>
public sealed class PlannedRunTests : IDisposable
{
    private static readonly string[] Small =
        ["--width", "0.25", "--image-size", "8", "--batch-size", "10", "--warmup-epochs", "1", "--threads", "1", "--quiet"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_for_a_given_time_is_recorded_as_ordinary_settings_that_give_it_again()
    {
        var (timed, again) = (_folder.At("timed"), _folder.At("again"));
        var planned = await CliProcess.Run(["pretrain", "shapes:100", "--minutes", "0.05", "--out", timed, .. Small]);
        Assert.Equal((0, ""), (planned.Code, planned.Err));
        var run = RunFolder.Open(timed);
        var (options, summary) = (run.ReadConfig().Options, run.ReadSummary()!);
        Assert.Equal(options.Schedule.Epochs, summary.Epochs);
        Assert.True(options.Schedule.WarmupEpochs <= 0.1 * summary.Epochs + 1e-3);
        Assert.InRange(summary.Seconds, 0.3, 30); // 3 s less the measuring, on a machine that may be busy

        var repeated = await CliProcess.Run("pretrain", "shapes:100", "--config", run.Config, "--out", again, "--quiet");
        Assert.Equal(0, repeated.Code);
        Assert.Equal(File.ReadAllBytes(run.Encoder), File.ReadAllBytes(RunFolder.Open(again).Encoder));
    }

    [Theory]
    [InlineData("0", "", "--minutes must be above 0")]
    [InlineData("NaN", "", "--minutes must be a number")]
    [InlineData("1", "--epochs 3", "leave out --epochs")]
    [InlineData("0.0001", "", "the time is too short")]
    public async Task A_time_that_cannot_be_planned_is_refused(string minutes, string more, string expected)
    {
        var run = _folder.At("run");
        string[] others = more.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var refused = await CliProcess.Run(["pretrain", "shapes:100", "--minutes", minutes, "--out", run, .. Small, .. others]);
        CliProcess.FailedInOneLine(refused, 2, expected);
        Assert.False(Directory.Exists(run));
    }
}
