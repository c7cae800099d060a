using SimClr.CrashLab;

namespace SimClr.EndToEnd.Tests.Hardening;

/// <summary>The crash laboratory in its quick form; docs/reliability.md says how to run the long ones.</summary>
public sealed class CrashLabTests(CrashLabTests.ShortRun shortRun) : IClassFixture<CrashLabTests.ShortRun>
{
    public static TheoryData<string> Damages => [.. Damage.All.Select(damage => damage.Name)];

    public static TheoryData<string> Moments => [.. FullDiskTrial.Moments];

    [Fact]
    public void Killed_five_times_at_random_a_run_comes_to_the_same_end()
    {
        var tally = new KillTrial(shortRun.Experiment, seed: 1).Run(kills: 5, terminate: false);
        Assert.Empty(tally.Failures);
        Assert.Equal(5, tally.Kills);
        Assert.Equal(tally.Runs, tally.Identical);
    }

    [Fact]
    public void Terminated_at_random_a_run_saves_and_comes_to_the_same_end()
    {
        var tally = new KillTrial(shortRun.Experiment, seed: 2).Run(kills: 2, terminate: true);
        Assert.Empty(tally.Failures);
        Assert.Equal(tally.Runs, tally.Identical);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damaged_files_are_named_and_where_possible_survived(string name) =>
        Assert.Null(Damage.All.Single(damage => damage.Name == name).Try(shortRun.Experiment, shortRun.Stopped));

    [Theory]
    [MemberData(nameof(Moments))]
    public void A_full_disk_ends_a_run_in_one_line_and_loses_nothing(string moment)
    {
        RequireSmallDisk();
        Assert.Null(FullDiskTrial.Fill(shortRun.Experiment, moment));
    }

    [Fact]
    public void A_disk_that_is_too_small_is_found_before_training()
    {
        RequireSmallDisk();
        Assert.Null(FullDiskTrial.TooSmall(shortRun.Experiment));
    }

    private void RequireSmallDisk() =>
        Assert.SkipUnless(FullDiskTrial.IsPossible(shortRun.Experiment),
            "No small disk can be mounted here; that needs root on Linux.");

    public sealed class ShortRun : IDisposable
    {
        private readonly Lazy<string> _stopped;

        public ShortRun() => _stopped = new(() => Damage.Stopped(Experiment));

        internal Experiment Experiment { get; } = new(epochs: 4);

        internal string Stopped => _stopped.Value;

        public void Dispose() => Experiment.Dispose();
    }
}
