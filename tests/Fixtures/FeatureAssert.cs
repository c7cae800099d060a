namespace SimClr.Tests.Fixtures;

/// <summary>Compares features, relative to the largest.</summary>
internal static class FeatureAssert
{
    public static void Close(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 1e-2, "the features are nothing");
        var worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)) / largest;
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {worst:e1} of the largest feature, {largest:g3}");
        Assert.InRange(worst, 0, tolerance);
    }
}
