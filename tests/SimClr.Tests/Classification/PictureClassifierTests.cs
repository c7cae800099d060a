using SimClr.Classification;
using SimClr.Data;
using SimClr.Images;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Tests.Classification;

/// <summary>A few labelled pictures become a file that says what other pictures show.</summary>
public sealed class PictureClassifierTests : IDisposable
{
    private readonly ColouredPictures _pictures = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void All_pictures_of_a_folder_are_learned_from_and_the_file_needs_no_run()
    {
        var made = Train(out var file);
        Assert.Equal((file, 24, 0, 5), (made.File, made.Quality.Pictures, made.Quality.UnreadablePictures, made.Quality.Folds));
        Assert.Equal(new FileInfo(file).Length, made.Bytes);
        Assert.Equal(ColouredPictures.Names, made.Quality.Classes.Select(one => one.Name));
        Assert.All(made.Quality.Classes, one => Assert.Equal(8, one.Pictures));
        Assert.Null(made.Quality.Test);
        Assert.True(made.Quality.Top1 > 0.9, made.Quality.ToJson());
        Assert.Equal(1.0 / 3, made.Quality.MostFrequentClass, 1e-12);

        Directory.Delete(_pictures.Run, recursive: true);
        using var classifier = PictureClassifier.Open(file, new() { Precision = Precision.Float32, BatchSize = 3 });
        Assert.Equal((24, made.Quality.ToJson()), (classifier.ImageSize, classifier.Quality.ToJson()));
        _pictures.Fill("new", 1, 7, first: 50);
        var pictures = PictureFolder.Gather([_pictures.At("new")]);
        var all = classifier.Classify(pictures).ToList();
        Assert.Equal(Enumerable.Range(0, 7), all.Select(picture => picture.Index));
        foreach (var (index, classes) in all)
        {
            Assert.Equal(1, classes.Sum(one => one.Probability), 1e-12);
            Assert.Equal("green", classes[0].ClassName);
            Assert.Equal(classes.OrderByDescending(one => one.Probability), classes);
            var alone = classifier.Classify(pictures.Load(index));
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
    public void Pictures_that_cannot_be_read_are_named_and_left_out()
    {
        var bad = Path.Combine(_pictures.Data, "red", "bad.png");
        File.WriteAllText(bad, "not a picture");
        var words = new List<string>();
        var made = Train(out var file, unreadable: words.Add);
        Assert.Equal((24, 1), (made.Quality.Pictures, made.Quality.UnreadablePictures));
        Assert.Contains(bad, Assert.Single(words), StringComparison.Ordinal);
        using var classifier = PictureClassifier.Open(file);
        words.Clear();
        var found = classifier.Classify(PictureFolder.Gather([bad, Path.Combine(_pictures.Data, "red")]), words.Add).ToList();
        Assert.Equal((8, 2), (found.Count, words.Count)); // it was given twice
        Assert.Throws<DataException>(() => classifier.Classify(PictureFolder.Gather([bad])).Count());
    }

    [Fact]
    public void Two_pictures_of_a_class_are_enough_with_a_warning_and_one_is_not()
    {
        foreach (var label in (int[])[0, 1]) _pictures.Fill("few", label, 2);
        var made = Train(out _, change: request => request with { Data = _pictures.At("few") });
        Assert.Equal((4, 4), (made.Quality.Pictures, made.Quality.Folds));
        Assert.Contains("green (2)", made.Quality.Warnings[0], StringComparison.Ordinal);
        Assert.True(made.Quality.Temperature is >= 0.01 and <= 100);

        _pictures.Fill("few", 2, 1);
        var error = Assert.Throws<DataException>(() => Train(out _, "x", request => request with { Data = _pictures.At("few") }));
        Assert.Contains("red has 1", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_pictures.At("x")));
    }

    [Fact]
    public void Data_with_a_test_part_and_chosen_labels_leave_pictures_to_be_measured_on()
    {
        for (var c = 0; c < 3; c++)
        {
            _pictures.Fill("parts/train", c, 6);
            _pictures.Fill("parts/test", c, 5, first: 30);
        }
        var made = Train(out _, change: request => request with { Data = _pictures.At("parts") });
        Assert.Equal((18, 15), (made.Quality.Pictures, made.Quality.Test!.Pictures));
        Assert.True(made.Quality.Test.Top1 > 0.8);
        Assert.Null(Train(out _, change: r => r with { Data = _pictures.At("parts"), Test = false }).Quality.Test);

        made = Train(out _, change: request => request with { PerClass = 3 });
        Assert.Equal((9, 6), (made.Quality.Pictures, made.Quality.Test!.Pictures)); // a fifth of eight, of each class
        var train = DatasetSource.Open(_pictures.Data, 24).Train;
        LabelSubset.OfEachClass(train, 3, seed: 1).Save(_pictures.At("labels.json"));
        var listed = Train(out _, change: request => request with { LabelsFile = _pictures.At("labels.json") });
        Assert.Equal(made.Quality.ToJson(), listed.Quality.ToJson());
    }

    [Fact]
    public void Nothing_to_learn_is_said_plainly()
    {
        // The same pictures under two names.
        for (var i = 0; i < 12; i++)
            foreach (var name in (string[])["a", "b"])
            {
                Directory.CreateDirectory(_pictures.At($"same/{name}"));
                ImageCodec.WritePng(_pictures.At($"same/{name}/{i}.png"), ColouredPictures.Picture(0, i));
            }
        var made = Train(out _, change: request => request with { Data = _pictures.At("same") });
        Assert.Contains("no better than always naming the most frequent class", Assert.Single(made.Quality.Warnings));
    }

    [Fact]
    public void Requests_that_cannot_be_met_are_refused_in_words_and_leave_nothing()
    {
        var before = Directory.EnumerateFiles(_pictures.At(""), "*", SearchOption.AllDirectories).Order().ToList();
        void Refused<T>(string words, Func<PictureClassifierRequest, PictureClassifierRequest> change) where T : Exception =>
            Assert.Contains(words, Assert.Throws<T>(() => Train(out _, "x", change)).Message, StringComparison.Ordinal);
        Refused<SettingsException>("Folds", r => r with { Folds = 1 });
        Refused<SettingsException>("PerClass must be at least 2", r => r with { PerClass = 1 });
        Refused<SettingsException>("one of Fraction", r => r with { PerClass = 2, Fraction = 0.5 });
        Refused<SettingsException>("Layer", r => r with { Layer = 4 });
        Refused<SettingsException>("run's own weights", r => r with { Out = Path.Combine(_pictures.Run, "encoder.safetensors") });
        Refused<SettingsException>("is a folder", r => r with { Out = _pictures.Data });
        Refused<PictureClassifierException>("no folder", r => r with { Out = _pictures.At("absent/x") });
        Refused<RunFolderException>("does not exist", r => r with { Run = _pictures.At("absent") });
        Refused<DataException>("has no classes", r => r with { Data = Path.Combine(_pictures.Data, "red") });
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => PictureClassifierTraining.Run(
            new() { Run = _pictures.Run, Data = _pictures.Data, Out = _pictures.At("x") }, cancellation: stop.Token));
        Assert.Equal(before, Directory.EnumerateFiles(_pictures.At(""), "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void Files_and_folders_are_gathered_in_order_and_what_is_missing_is_named()
    {
        var one = Path.Combine(_pictures.Data, "red", "005.png");
        var gathered = PictureFolder.Gather([one, Path.Combine(_pictures.Data, "green")]);
        Assert.Equal((9, one), (gathered.Count, gathered.Describe(0)));
        Assert.EndsWith("000.png", gathered.Describe(1), StringComparison.Ordinal);
        Assert.Contains("gone.png", Assert.Throws<DataException>(() => PictureFolder.Gather([one, "gone.png"])).Message);
        Assert.Throws<DataException>(() => PictureFolder.Gather([_pictures.Run]));
    }

    [Fact]
    public void Csv_files_appear_when_they_are_complete()
    {
        using (var file = ProbabilityFile.Create(_pictures.At("p.csv"), 2))
        {
            file.Add("a,b.jpg", [new("cat", 0.75), new("d\"og", 0.25)]);
            file.Add("c.jpg", [new("cat", 1)]);
            Assert.False(File.Exists(_pictures.At("p.csv")));
            file.Finish();
        }
        Assert.Equal("picture,class,probability,class2,probability2\n\"a,b.jpg\",cat,0.750000,\"d\"\"og\",0.250000\n"
            + "c.jpg,cat,1.000000,,\n", File.ReadAllText(_pictures.At("p.csv")));
        using (var file = ProbabilityFile.Create(_pictures.At("q.csv"), 1)) file.Add("a", [new("cat", 1)]);
        Assert.Empty(Directory.GetFiles(_pictures.At(""), "q.csv*"));
        Assert.Throws<PictureClassifierException>(() => ProbabilityFile.Create(_pictures.At("p.txt"), 1));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        Train(out var file);
        var picture = ColouredPictures.Picture(1, 3);
        using (var warm = PictureClassifier.Open(file)) warm.Classify(picture);
        var before = LiveTensors.Count();
        Train(out file);
        using (var classifier = PictureClassifier.Open(file)) classifier.Classify(picture);
        // TorchSharp counts a parameter twice and takes only one back: 60 of an encoder, which was loaded to learn, checked for
        // its shapes and loaded to classify.
        Assert.Equal(before + 3 * 60, TorchSharp.torch.Tensor.TotalCount);
    }

    private TrainedPictureClassifier Train(out string file, string name = "mine.safetensors",
        Func<PictureClassifierRequest, PictureClassifierRequest>? change = null, Action<string>? unreadable = null)
    {
        file = _pictures.At(name);
        var request = new PictureClassifierRequest { Run = _pictures.Run, Data = _pictures.Data, Out = file };
        return PictureClassifierTraining.Run(change?.Invoke(request) ?? request, unreadable);
    }
}
