using SimClr.Data;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public sealed class DataSplitsTests
{
    private static readonly DataSplits Both = new(new NoiseDataset(20), new NoiseDataset(6));

    [Fact]
    public void A_limit_bounds_the_training_part_alone_and_0_is_none()
    {
        Assert.Equal(Both, Both.Limited(0, seed: 1));
        var limited = Both.Limited(8, seed: 1);
        Assert.Equal((8, 6), (limited.Train.Count, limited.Test.Count));
        Assert.Equal(4, Enumerable.Range(0, 8).Count(index => limited.Train.Label(index) == 0)); // as many of each class
    }

    [Fact]
    public void A_missing_test_part_is_named_with_its_purpose()
    {
        Both.RequireTest("to judge by");
        Both.RequireLabels();
        var untested = Both with { Test = new NoiseDataset(0) };
        Assert.Equal("noise has no test part to search with.", Message(() => untested.RequireTest("to search with")));
        Assert.Equal("noise has no test part with labels to judge by.", Message(untested.RequireLabels));
    }

    private static string Message(Action action) => Assert.Throws<DataException>(action).Message;
}
