using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public sealed class LabelSubsetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.01, 100)]
    [InlineData(0.1, 1000)]
    [InlineData(1, 10_000)]
    public void A_share_is_equally_many_images_of_each_class(double fraction, int expected)
    {
        var train = Shapes.Open(10_000, 8).Train;
        var subset = LabelSubset.OfFraction(train, fraction, seed: 3);
        Assert.Equal(expected, subset.Images.Count);
        var perClass = subset.Images.GroupBy(image => image.Class).Select(group => group.Count()).ToArray();
        Assert.Equal(Enumerable.Repeat(expected / 10, 10), perClass);
        Assert.All(subset.Images, image => Assert.Equal(train.ClassNames[train.Label(image.Index)], image.Class));
        Assert.Equal(subset.Images.OrderBy(image => image.Index), subset.Images);
    }

    [Fact]
    public void A_smaller_share_is_part_of_a_larger_one_and_the_seed_decides_which()
    {
        var train = Shapes.Open(1000, 8).Train;
        int[] Of(double fraction, ulong seed) =>
            [.. LabelSubset.OfFraction(train, fraction, seed).Images.Select(image => image.Index)];
        Assert.Superset(Of(0.013, 1).ToHashSet(), Of(0.107, 1).ToHashSet());
        Assert.Superset(Of(0.107, 1).ToHashSet(), Of(0.5, 1).ToHashSet());
        Assert.Equal(Of(0.1, 1), Of(0.1, 1));
        Assert.NotEqual(Of(0.1, 1), Of(0.1, 2));
        int[] each = [.. LabelSubset.OfEachClass(train, 10, 1).Images.Select(image => image.Index)];
        Assert.Equal(Of(0.1, 1), each); // 100 of 1000, in ten classes
    }

    [Theory]
    [InlineData(0.001, new[] { 1, 1, 1 })]  // at least one of each
    [InlineData(0.3, new[] { 9, 9, 3 })]    // equally many as far as they last: 21 of 70
    [InlineData(1, new[] { 37, 30, 3 })]
    public void Every_class_gets_one_and_classes_of_unequal_size_equally_many_as_far_as_they_last(double fraction, int[] expected)
    {
        var dataset = new NamedImages([.. Labels(37, 30, 3), -1, -1]);
        var subset = LabelSubset.OfFraction(dataset, fraction, seed: 1);
        Assert.Equal(expected, subset.Images.GroupBy(image => image.Class).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal(fraction, subset.Fraction);
    }

    [Fact]
    public void A_number_of_each_class_takes_all_of_a_class_that_has_fewer()
    {
        var subset = LabelSubset.OfEachClass(new NamedImages(Labels(37, 30, 3)), 5, seed: 1);
        Assert.Equal([5, 5, 3], subset.Images.GroupBy(image => image.Class).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.Equal(13.0 / 70, subset.Fraction);
    }

    [Fact]
    public void As_a_dataset_it_holds_its_images_in_order()
    {
        var train = Shapes.Open(100, 8).Train;
        var subset = LabelSubset.OfFraction(train, 0.2, seed: 1);
        var images = subset.ApplyTo(train);
        Assert.Equal(20, images.Count);
        for (var i = 0; i < images.Count; i++)
        {
            Assert.Equal(train.Label(subset.Images[i].Index), images.Label(i));
            Assert.Equal(train.Load(subset.Images[i].Index).Pixels, images.Load(i).Pixels);
        }
        Assert.NotEqual(images.Fingerprint, LabelSubset.OfFraction(train, 0.2, seed: 2).ApplyTo(train).Fingerprint);
    }

    [Fact]
    public void A_file_gives_back_what_was_written_and_fits_the_same_images_elsewhere()
    {
        var (here, there) = (Images("here"), Images("somewhere/else"));
        var written = LabelSubset.OfFraction(here, 0.5, seed: ulong.MaxValue);
        written.Save(_folder.At("labels.json"));
        var read = LabelSubset.Load(_folder.At("labels.json"));
        Assert.Equal(written.Images, read.Images);
        Assert.Equal(written with { Images = [] }, read with { Images = [] });
        Assert.Equal(written.ApplyTo(here).Count, read.ApplyTo(there).Count);
        var text = File.ReadAllText(_folder.At("labels.json"));
        Assert.Contains("{\"index\":", text, StringComparison.Ordinal);
        Assert.Contains("/日本 & co.png\"", text, StringComparison.Ordinal);       // legible
        Assert.DoesNotContain(_folder.FullPath, text, StringComparison.Ordinal); // nothing of this machine
    }

    [Fact]
    public void Other_images_are_refused_in_words()
    {
        var images = Images("mine");
        var subset = LabelSubset.OfFraction(images, 0.5, seed: 1);
        _folder.Write("mine/a/new.png", ImageCodec.EncodePng(Shapes.Open(20, 8).Train.Load(0)));
        var another = ImageFolder.Open(_folder.At("mine")).Train;
        Assert.Contains("holds other images", Refusal(subset, another), StringComparison.Ordinal);

        var first = subset.Images[0];
        var others = subset.Images.Skip(1);
        string Changed(params IEnumerable<LabeledImage> list) => Refusal(subset with { Images = [.. list] }, images);
        const string differs = "in the list of labels and";
        Assert.Contains(differs, Changed([first with { Name = "a/other.png" }, .. others]), StringComparison.Ordinal);
        Assert.Contains(differs, Changed([first with { Class = "b" }, .. others]), StringComparison.Ordinal);
        Assert.Contains("an image twice", Changed(first, first), StringComparison.Ordinal);
        Assert.Contains("beyond its 8", Changed(first with { Index = 8 }), StringComparison.Ordinal);
        Assert.Contains("are none", Changed(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"format":"simclr-labels-2","data":"d","fingerprint":"f","fraction":1,"seed":1,"pictures":[]}""")]
    [InlineData("""{"format":"simclr-labels-1","data":"d","fingerprint":null,"fraction":1,"seed":1,"pictures":[]}""")]
    [InlineData("""{"format":"simclr-labels-1","data":"d","fingerprint":"f","fraction":1,"seed":1,"pictures":[{"index":1}]}""")]
    public void A_file_of_another_kind_is_refused_in_words(string content)
    {
        File.WriteAllText(_folder.At("labels.json"), content);
        var error = Assert.Throws<DataException>(() => LabelSubset.Load(_folder.At("labels.json")));
        Assert.Contains("labels.json is not a list of labels", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => LabelSubset.Load(_folder.At("nowhere.json")));
    }

    [Fact]
    public void Images_without_labels_and_fewer_labels_than_classes_are_refused_in_words()
    {
        var unnamed = new NamedImages([-1, -1, -1]) { ClassNames = [] };
        var error = Assert.Throws<DataException>(() => LabelSubset.OfFraction(unnamed, 1, 1));
        Assert.Contains("no classes", error.Message, StringComparison.Ordinal);
        var few = new NamedImages([0, 1, -1]);
        Assert.Contains("2 labeled images for 3 classes",
            Assert.Throws<DataException>(() => LabelSubset.OfFraction(few, 1, 1)).Message, StringComparison.Ordinal);
        var enough = new NamedImages([0, 1, 2]);
        foreach (var fraction in new[] { 0, -0.1, 1.1, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => LabelSubset.OfFraction(enough, fraction, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelSubset.OfEachClass(enough, 0, 1));
    }

    private static int[] Labels(params int[] counts) => [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];

    private static string Refusal(LabelSubset subset, IImageDataset dataset) =>
        Assert.Throws<DataException>(() => subset.ApplyTo(dataset)).Message;

    /// <summary>Two classes of five images, of which a fifth is held out.</summary>
    private IImageDataset Images(string folder)
    {
        string[] names = ["1.png", "2.png", "3.png", "日本 & co.png", "日本 & co 2/日本 & co.png"];
        foreach (var name in names)
            foreach (var label in new[] { "a", "b" })
                _folder.Write($"{folder}/{label}/{name}", ImageCodec.EncodePng(Shapes.Open(20, 8).Train.Load(0)));
        return ImageFolder.Open(_folder.At(folder)).Train;
    }

    private sealed class NamedImages(int[] labels) : IImageDataset
    {
        public string Name => "named";

        public int Count => labels.Length;

        public IReadOnlyList<string> ClassNames { get; init; } = ["a", "b", "c"];

        public string Fingerprint => "print";

        public int Label(int index) => labels[index];

        public RgbImage Load(int index) => new(1, 1);

        public string Describe(int index) => $"image {index}";
    }
}
