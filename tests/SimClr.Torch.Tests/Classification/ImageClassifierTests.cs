using SimClr.Classification;
using SimClr.Data;
using SimClr.Images;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Classification;

/// <summary>A few labeled images become a file that says what other images show.</summary>
public sealed class ImageClassifierTests : IDisposable
{
    private readonly ColoredImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void All_images_of_a_folder_are_learned_from_and_the_file_needs_no_run()
    {
        var made = Train(out var file);
        Assert.Equal((file, 24, 0, 5), (made.File, made.Quality.Images, made.Quality.UnreadableImages, made.Quality.Folds));
        Assert.Equal(new FileInfo(file).Length, made.Bytes);
        Assert.Equal(ColoredImages.Names, made.Quality.Classes.Select(one => one.Name));
        Assert.All(made.Quality.Classes, one => Assert.Equal(8, one.Images));
        Assert.Null(made.Quality.Test);
        Assert.True(made.Quality.Top1 > 0.9, made.Quality.ToJson());
        Assert.Equal(1.0 / 3, made.Quality.MostFrequentClass, 1e-12);

        Directory.Delete(_images.Run, recursive: true);
        using var classifier = ImageClassifier.Open(file, new() { Precision = Precision.Float32, BatchSize = 3 });
        Assert.Equal((24, made.Quality.ToJson()), (classifier.ImageSize, classifier.Quality.ToJson()));
        _images.Fill("new", 1, 7, first: 50);
        var images = ImageFolder.Gather([_images.At("new")]);
        var all = classifier.Classify(images).ToList();
        Assert.Equal(Enumerable.Range(0, 7), all.Select(image => image.Index));
        foreach (var (index, classes) in all)
        {
            Assert.Equal(1, classes.Sum(one => one.Probability), 1e-12);
            Assert.Equal("green", classes[0].ClassName);
            Assert.Equal(classes.OrderByDescending(one => one.Probability), classes);
            var alone = classifier.Classify(images.Load(index));
            // float32 sums in another order for another batch size.
            Assert.All(classes.Zip(alone), pair => Assert.Equal(pair.First.Probability, pair.Second.Probability, 1e-3));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_file_and_another_one_other_folds()
    {
        Train(out var first, "a");
        Train(out var second, "b");
        Train(out var other, "c", request => request with { Seed = 2 });
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.NotEqual(File.ReadAllBytes(first), File.ReadAllBytes(other));
    }

    [Fact]
    public void Images_that_cannot_be_read_are_named_and_left_out()
    {
        var bad = Path.Combine(_images.Data, "red", "bad.png");
        File.WriteAllText(bad, "not an image");
        var words = new ListLogger();
        var made = Train(out var file, logger: words);
        Assert.Equal((24, 1), (made.Quality.Images, made.Quality.UnreadableImages));
        Assert.Contains(bad, Assert.Single(words.Lines), StringComparison.Ordinal);
        using var classifier = ImageClassifier.Open(file);
        words = new();
        var found = classifier.Classify(ImageFolder.Gather([bad, Path.Combine(_images.Data, "red")]), words).ToList();
        Assert.Equal((8, 2), (found.Count, words.Lines.Count)); // it was given twice
        Assert.Throws<DataException>(() => classifier.Classify(ImageFolder.Gather([bad])).Count());
    }

    [Fact]
    public void Two_images_of_a_class_are_enough_with_a_warning_and_one_is_not()
    {
        foreach (var label in (int[])[0, 1]) _images.Fill("few", label, 2);
        var made = Train(out _, change: request => request with { Data = _images.At("few") });
        Assert.Equal((4, 4), (made.Quality.Images, made.Quality.Folds));
        Assert.Contains("green (2)", made.Quality.Warnings[0], StringComparison.Ordinal);
        Assert.True(made.Quality.Temperature is >= 0.01 and <= 100);

        _images.Fill("few", 2, 1);
        var error = Assert.Throws<DataException>(() => Train(out _, "x", request => request with { Data = _images.At("few") }));
        Assert.Contains("red has 1", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_images.At("x")));
    }

    [Fact]
    public void Data_with_a_test_part_and_chosen_labels_leave_images_to_be_measured_on()
    {
        for (var c = 0; c < 3; c++)
        {
            _images.Fill("parts/train", c, 6);
            _images.Fill("parts/test", c, 5, first: 30);
        }
        var made = Train(out _, change: request => request with { Data = _images.At("parts") });
        Assert.Equal((18, 15), (made.Quality.Images, made.Quality.Test!.Images));
        Assert.True(made.Quality.Test.Top1 > 0.8);
        Assert.Null(Train(out _, change: r => r with { Data = _images.At("parts"), Test = false }).Quality.Test);

        made = Train(out _, change: request => request with { PerClass = 3 });
        Assert.Equal((9, 6), (made.Quality.Images, made.Quality.Test!.Images)); // a fifth of eight, of each class
        var train = DatasetSource.Open(_images.Data, 24).Train;
        LabelSubset.OfEachClass(train, 3, seed: 1).Save(_images.At("labels.json"));
        var listed = Train(out _, change: request => request with { LabelsFile = _images.At("labels.json") });
        Assert.Equal(made.Quality.ToJson(), listed.Quality.ToJson());
    }

    [Fact]
    public void Nothing_to_learn_is_said_plainly()
    {
        // The same images under two names.
        for (var i = 0; i < 12; i++)
            foreach (var name in (string[])["a", "b"])
            {
                Directory.CreateDirectory(_images.At($"same/{name}"));
                ImageCodec.WritePng(_images.At($"same/{name}/{i}.png"), ColoredImages.Image(0, i));
            }
        var made = Train(out _, change: request => request with { Data = _images.At("same") });
        Assert.Contains("no better than always naming the most frequent class", Assert.Single(made.Quality.Warnings));
    }

    [Fact]
    public void Requests_that_cannot_be_met_are_refused_in_words_and_leave_nothing()
    {
        var before = Directory.EnumerateFiles(_images.At(""), "*", SearchOption.AllDirectories).Order().ToList();
        void Refused<T>(string words, Func<ImageClassifierRequest, ImageClassifierRequest> change) where T : Exception =>
            Assert.Contains(words, Assert.Throws<T>(() => Train(out _, "x", change)).Message, StringComparison.Ordinal);
        Refused<SettingsException>("Folds", r => r with { Folds = 1 });
        Refused<SettingsException>("PerClass must be at least 2", r => r with { PerClass = 1 });
        Refused<SettingsException>("one of Fraction", r => r with { PerClass = 2, Fraction = 0.5 });
        Refused<SettingsException>("Layer", r => r with { Layer = 4 });
        Refused<SettingsException>("run's own weights", r => r with { Out = Path.Combine(_images.Run, "encoder.safetensors") });
        Refused<SettingsException>("is a folder", r => r with { Out = _images.Data });
        Refused<ImageClassifierException>("no folder", r => r with { Out = _images.At("absent/x") });
        Refused<RunFolderException>("does not exist", r => r with { Run = _images.At("absent") });
        Refused<DataException>("has no classes", r => r with { Data = Path.Combine(_images.Data, "red") });
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => ImageClassifierTraining.Run(
            new() { Run = _images.Run, Data = _images.Data, Out = _images.At("x") }, cancellationToken: stop.Token));
        Assert.Equal(before, Directory.EnumerateFiles(_images.At(""), "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void Files_and_folders_are_gathered_in_order_and_what_is_missing_is_named()
    {
        var one = Path.Combine(_images.Data, "red", "005.png");
        var gathered = ImageFolder.Gather([one, Path.Combine(_images.Data, "green")]);
        Assert.Equal((9, one), (gathered.Count, gathered.Describe(0)));
        Assert.EndsWith("000.png", gathered.Describe(1), StringComparison.Ordinal);
        Assert.Contains("gone.png", Assert.Throws<DataException>(() => ImageFolder.Gather([one, "gone.png"])).Message);
        Assert.Throws<DataException>(() => ImageFolder.Gather([_images.Run]));
    }

    [Fact]
    public void Csv_files_appear_when_they_are_complete()
    {
        using (var file = ProbabilityFile.Create(_images.At("p.csv"), 2))
        {
            file.Add("a,b.jpg", [new("cat", 0.75), new("d\"og", 0.25)]);
            file.Add("c.jpg", [new("cat", 1)]);
            Assert.False(File.Exists(_images.At("p.csv")));
            file.Finish();
        }
        Assert.Equal("picture,class,probability,class2,probability2\n\"a,b.jpg\",cat,0.750000,\"d\"\"og\",0.250000\n"
            + "c.jpg,cat,1.000000,,\n", File.ReadAllText(_images.At("p.csv")));
        using (var file = ProbabilityFile.Create(_images.At("q.csv"), 1)) file.Add("a", [new("cat", 1)]);
        Assert.Empty(Directory.GetFiles(_images.At(""), "q.csv*"));
        Assert.Throws<ImageClassifierException>(() => ProbabilityFile.Create(_images.At("p.txt"), 1));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        Train(out var file);
        var image = ColoredImages.Image(1, 3);
        using (var warm = ImageClassifier.Open(file)) warm.Classify(image);
        var before = LiveTensors.Count();
        Train(out file);
        using (var classifier = ImageClassifier.Open(file)) classifier.Classify(image);
        // TorchSharp counts a parameter twice and takes only one back: 60 of an encoder, which was loaded to learn, checked for
        // its shapes and loaded to classify.
        Assert.Equal(before + 3 * 60, TorchSharp.torch.Tensor.TotalCount);
    }

    private TrainedImageClassifier Train(out string file, string name = "mine.safetensors",
        Func<ImageClassifierRequest, ImageClassifierRequest>? change = null, ListLogger? logger = null)
    {
        file = _images.At(name);
        var request = new ImageClassifierRequest { Run = _images.Run, Data = _images.Data, Out = file };
        return ImageClassifierTraining.Run(change?.Invoke(request) ?? request, logger);
    }
}
