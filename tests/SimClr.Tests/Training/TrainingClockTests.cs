using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Tests.Training;

public sealed class TrainingClockTests
{
    [Theory]
    [InlineData("32", 1)]
    [InlineData("16:0.5,32:0.5", 4)] // a view of 32 px has four times the pixels
    public void Half_way_the_time_left_follows_the_pixels_to_come(string sizes, double times)
    {
        var clock = new TrainingClock(secondsBefore: 0, stepsBefore: 0);
        Thread.Sleep(5);
        var before = clock.Seconds;
        var (_, _, remaining) = clock.Read(step: 50, total: 100, ImageSizes.Parse(sizes));
        Assert.InRange(remaining.TotalSeconds, times * before * 0.999, times * clock.Seconds * 1.001);
    }
}
