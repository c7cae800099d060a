using System.Globalization;
using System.Text.RegularExpressions;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Samples;

/// <summary><c>samples/TrainingLoop</c>: it learns, and it stays a page.</summary>
public sealed partial class TrainingLoopTests
{
    [Fact]
    public async Task The_sample_learns()
    {
        const int epochs = 4;
        var lines = await SampleProcess.Run("TrainingLoop", "shapes:640", epochs.ToString(CultureInfo.InvariantCulture), "64");
        var matches = lines.Select(line => EpochLine().Match(line)).ToArray();
        Assert.All(matches, match => Assert.True(match.Success));
        Assert.Equal(Enumerable.Range(1, epochs), matches.Select(match => int.Parse(match.Groups[1].Value)));
        double[] losses = [.. matches.Select(match => double.Parse(match.Groups[2].Value))];
        var chance = double.Parse(matches[0].Groups[3].Value);
        Assert.Equal(Math.Log(2 * 64 - 1), chance, 1e-3);
        // Views alone move the mean loss of an epoch by 0.1 where nothing is learned; here it falls by 0.4.
        Assert.True(losses[^1] < losses[0] - 0.2, $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.True(losses[^1] < chance, $"The loss is {losses[^1]}, by chance {chance}.");
    }

    [Fact]
    public void The_sample_fits_on_a_page()
    {
        var folder = Path.Combine(RealData.RepositoryRoot, "samples", "TrainingLoop");
        var file = Assert.Single(Directory.GetFiles(folder, "*.cs"));
        Assert.InRange(File.ReadAllLines(file).Length, 1, 60);
    }

    [GeneratedRegex(@"^epoch (\d+): loss ([\d.]+) \(chance ([\d.]+)\), pairs found [\d.]+ ?%$")]
    private static partial Regex EpochLine();
}
