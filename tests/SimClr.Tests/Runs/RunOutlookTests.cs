using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Tests.Runs;

/// <summary>Whether a run was long enough.</summary>
public sealed class RunOutlookTests
{
    private static readonly PretrainingOptions Options = new();

    [Fact]
    public void A_run_whose_neighbors_still_improve_is_worth_more_time()
    {
        var lines = Run(step => 6 - 3 * Math.Sqrt(step / 100.0), step => Math.Round(step * 0.004 + 0.2, 6));
        var outlook = RunOutlook.Of(lines, Options);
        Assert.Equal((0.4, 0.6), (outlook.KnnAtHalf!.Value, outlook.KnnAtEnd!.Value));
        Assert.Equal((true, true), (outlook.LossStillFalls, outlook.KnnStillRises));
        // Log-odds of 1.5 and of 2/3, a doubling of the steps apart, go on for a decade.
        var expected = Math.Log(1.5) + (Math.Log(1.5) - Math.Log(2 / 3.0)) / Math.Log10(2);
        Assert.Equal(1 / (1 + Math.Exp(-expected)), outlook.KnnAfterTenfold!.Value, 12);
        Assert.Equal(
            [
                "Nearest neighbors were right for 40.0 % of the images half-way and for 60.0 % at the end, and still improved: "
                    + "a longer run is better.",
                "Ten times the minutes might bring them to 95.7 %, if they go on as in the second half.",
                "The loss still fell in the last quarter.",
            ], OutlookWords.Of(outlook));
    }

    [Fact]
    public void A_run_that_has_levelled_off_is_long_enough()
    {
        var outlook = RunOutlook.Of(Run(step => step < 30 ? 6 - step / 10.0 : 3, _ => 0.7), Options);
        Assert.Equal((false, false), (outlook.LossStillFalls, outlook.KnnStillRises));
        Assert.Null(outlook.KnnAfterTenfold);
        Assert.Equal(
            [
                "Nearest neighbors were right for 70.0 % of the images half-way and for 70.0 % at the end: they improve no more.",
                "The loss hardly fell in the last quarter.",
            ], OutlookWords.Of(outlook));
    }

    [Fact]
    public void Nothing_is_said_of_what_was_not_measured()
    {
        Assert.Empty(OutlookWords.Of(RunOutlook.Of([], Options)));
        Assert.Empty(OutlookWords.Of(RunOutlook.Of(Run(_ => 5, _ => null), Options))); // no fall that a part could be of
        var one = Run(_ => 5, step => step == 100 ? 0.5 : null);
        Assert.Null(RunOutlook.Of(one, Options).KnnAtHalf);
    }

    [Fact]
    public void Losses_of_views_of_other_sides_are_not_compared()
    {
        // Larger views make a harder task: the loss leaps where they begin, and falls again.
        var lines = Run(step => step <= 50 ? 2 - step / 100.0 : 4 - step / 50.0, _ => null);
        var growing = Options with { Model = new() { ImageSize = ImageSizes.Parse("16:0.5,32:0.5") } };
        Assert.True(RunOutlook.Of(lines, growing).LossStillFalls);
        var late = Options with { Model = new() { ImageSize = ImageSizes.Parse("16:0.8,32:0.2") } };
        Assert.Null(RunOutlook.Of(lines, late).LossStillFalls);
    }

    private static List<TrainingMetrics> Run(Func<int, double> loss, Func<int, double?> knn) =>
        [.. Enumerable.Range(1, 100).Select(step =>
            new TrainingMetrics { Step = step, Loss = loss(step), KnnTop1 = step % 25 == 0 ? knn(step) : null })];
}
