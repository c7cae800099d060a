using SimClr.Data;
using SimClr.Images;

namespace SimClr.Tests.Data;

public class SubsetTests
{
    [Fact]
    public void Classes_stay_balanced_as_far_as_they_last()
    {
        // 100 of class 0, 50 of class 1, 3 of class 2.
        var source = new Labeled([.. Enumerable.Range(0, 153).Select(i => i < 100 ? 0 : i < 150 ? 1 : 2)]);
        var subset = Subset.First(source, 23, seed: 4);
        Assert.Equal(23, subset.Count);
        Assert.Equal(3, Count(subset, 2));
        Assert.InRange(Count(subset, 0), 10, 10);
        Assert.InRange(Count(subset, 1), 10, 10);
    }

    [Fact]
    public void Unlabeled_images_are_drawn_evenly_and_without_repetition()
    {
        var source = new Labeled([.. Enumerable.Repeat(-1, 1000)]);
        var subset = Subset.First(source, 300, seed: 1);
        int[] chosen = [.. Enumerable.Range(0, 300).Select(i => int.Parse(subset.Describe(i)))];
        Assert.Equal(chosen.Distinct().Order(), chosen);
        Assert.InRange(chosen.Average(), 430, 570); // 499.5 within about five standard errors of 14
    }

    [Fact]
    public void The_seed_decides_and_smaller_limits_choose_from_the_same()
    {
        var source = new Labeled([.. Enumerable.Range(0, 200).Select(i => i % 7)]);
        Assert.Equal(Chosen(source, 50, 3), Chosen(source, 50, 3));
        Assert.NotEqual(Chosen(source, 50, 3), Chosen(source, 50, 4));
        Assert.Subset(Chosen(source, 50, 3).ToHashSet(), Chosen(source, 20, 3).ToHashSet());
    }

    [Fact]
    public void Names_and_fingerprints_tell_subsets_apart()
    {
        var source = new Labeled([.. Enumerable.Repeat(0, 30)]);
        Assert.Same(source, Subset.First(source, 30, 0));
        var subset = Subset.First(source, 10, 0);
        Assert.Equal("source, 10 of 30", subset.Name);
        Assert.Equal(4, new[] { source.Fingerprint, subset.Fingerprint, Subset.First(source, 11, 0).Fingerprint,
            Subset.First(source, 10, 1).Fingerprint }.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Subset.First(source, 0, 0));
    }

    private static int Count(IImageDataset part, int label) => Enumerable.Range(0, part.Count).Count(i => part.Label(i) == label);

    private static List<string> Chosen(IImageDataset source, int limit, ulong seed)
    {
        var subset = Subset.First(source, limit, seed);
        return [.. Enumerable.Range(0, subset.Count).Select(subset.Describe)];
    }

    private sealed class Labeled(int[] labels) : IImageDataset
    {
        public string Name => "source";

        public int Count => labels.Length;

        public IReadOnlyList<string> ClassNames => ["a", "b", "c", "d", "e", "f", "g"];

        public string Fingerprint => "f";

        public int Label(int index) => labels[index];

        public RgbImage Load(int index) => new(1, 1);

        public string Describe(int index) => $"{index}";
    }
}
