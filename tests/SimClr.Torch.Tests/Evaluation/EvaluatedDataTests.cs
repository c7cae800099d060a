using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Evaluation;

/// <summary>A figure says which images it is of, and whether pretraining had seen them.</summary>
public sealed class EvaluatedDataTests : IDisposable
{
    private static readonly PretrainingOptions Options = new()
    {
        Model = new() { Width = 0.25, ImageSize = 16 },
        Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
        BatchSize = 8,
        Views = new() { Blur = 0 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_says_its_data_its_parts_and_that_nothing_judged_was_in_pretraining()
    {
        var run = Pretrained("shapes:60");
        var evaluated = RunEvaluation.Evaluate(Request(run, "shapes:60") with { Limit = 40 }, ["knn"]);
        RunGallery.Draw(evaluated);
        var result = evaluated.Results[0];
        var expected = new EvaluatedData("shapes:60", "shapes", new("shapes test", 100, 100, "shapes1-test-100-16px-seed0"),
            new("shapes train", 40, 60, "shapes1-train-60-16px-seed0/40/seed1"), 0);
        Assert.Equal(expected, result.MeasuredOn);
        Assert.Equal(
            "Judged: 100 images of shapes test. Pretraining had seen none of them. Labels came from 40 of the 60 images of "
            + "shapes train.", expected.ToString());
        var record = RunRecord.Read(run);
        Assert.Equal(expected, record.Evaluations[0].MeasuredOn);
        Assert.Equal(new GalleryResult(100, 10, expected with { Learned = null }), record.Gallery);
        var page = File.ReadAllText(RunReport.Write(run));
        Assert.Contains(expected.ToString(), page, StringComparison.Ordinal);
        Assert.Contains("A frame marks an image of another class.", page, StringComparison.Ordinal);
        Assert.Contains("simclr evaluate knn again shapes:60 --k 5 --limit 40", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_of_other_data_than_the_runs_is_shown_as_of_those()
    {
        var run = Pretrained(Folder("trained", classes: 2, each: 6, first: 0));
        var other = Folder("other", classes: 3, each: 5, first: 100);
        var result = RunEvaluation.Evaluate(Request(run, other));
        Assert.Equal((other, "other", 0),
            (result.MeasuredOn!.Data, result.MeasuredOn.Name, result.MeasuredOn.JudgedInPretraining));
        var page = File.ReadAllText(RunReport.Write(run));
        Assert.Contains(" right on other</h1>", page, StringComparison.Ordinal);
        Assert.Contains("learned from the images of trained without a single label", page, StringComparison.Ordinal);
        Assert.Contains($"simclr evaluate knn again {other} --k 5", page, StringComparison.Ordinal);
        Assert.Contains($"simclr pretrain {_folder.At("trained")} --out again", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Judged_images_that_were_in_pretraining_are_counted_by_path_and_by_content()
    {
        var all = Folder("all", classes: 1, each: 12, first: 0); // one sub-folder: no classes, all is trained on
        var run = Pretrained(all);
        var config = RunFolder.Open(run).ReadConfig();
        int? Seen(string data) => Overlap(config, ImageFolder.Open(data));

        // The same files by another way, copies in another folder, one copy changed, one of another name, and others.
        Directory.CreateSymbolicLink(_folder.At("link"), all);
        Assert.Equal(12, Seen(_folder.At("link")));
        var copies = Folder("copies", classes: 2, each: 12, first: 0);
        Assert.Equal(4, ImageFolder.Open(copies).Test.Count);
        var seen = Enumerable.Range(0, 4)
            .Count(i => Path.GetFileName(ImageFolder.Open(copies).Test.Describe(i)).StartsWith("0-", StringComparison.Ordinal));
        Assert.Equal(2, seen); // of class 0, whose files lie in the trained folder, too
        Assert.Equal(seen, Seen(copies));
        Assert.Equal(0, Seen(Folder("fresh", classes: 1, each: 3, first: 50)));
        var changed = Folder("changed", classes: 1, each: 3, first: 0);
        var file = Path.Combine(changed, "0", "0-1.png");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1; // of the same name and size
        File.WriteAllBytes(file, bytes);
        Assert.Equal(2, Seen(changed));

        RunEvaluation.Evaluate(Request(run, copies));
        Assert.Contains("Pretraining had seen 2 of the judged images.", File.ReadAllText(RunReport.Write(run)),
            StringComparison.Ordinal);
        File.Delete(Path.Combine(all, "0", "0-0.png"));
        Assert.Null(Seen(copies)); // what it was trained on is no longer there
        Assert.Null(Overlap(config, DatasetSource.Open("shapes:60", 16)));
    }

    [Fact]
    public void What_weights_from_elsewhere_had_seen_is_not_known()
    {
        var run = Pretrained("shapes:60");
        var data = DatasetSource.Open("shapes:60", 32);
        var config = RunFolder.Open(run).ReadConfig();
        Assert.Equal(0, Overlap(config, data));
        Assert.Equal(60, Overlap(config, data with { Test = data.Train })); // although of another size
        var begun = config with { InitialWeights = new("w.safetensors", "00") };
        Assert.Null(Overlap(begun, data));
        Assert.Equal(60, Overlap(begun, data with { Test = data.Train }));
        Assert.Null(Overlap(begun with { Data = "" }, data)); // imported
    }

    [Fact]
    public void Images_without_classes_have_a_report_without_words_of_classes()
    {
        var flat = Folder("flat", classes: 1, each: 12, first: 0);
        var run = Pretrained(flat);
        Assert.Equal(12, RunGallery.Draw(Request(run, flat)));
        Assert.Equal((12, 0, 12), (Gallery().Count, Gallery().ClassCount, Gallery().MeasuredOn.JudgedInPretraining));
        var page = File.ReadAllText(RunReport.Write(run));
        Assert.DoesNotContain("class",
            System.Text.RegularExpressions.Regex.Replace(page, "<style>.*?</style>|class=\"[^\"]*\"", "",
            System.Text.RegularExpressions.RegexOptions.Singleline), StringComparison.Ordinal);
        Assert.DoesNotContain("A frame", page, StringComparison.Ordinal);
        Assert.Contains("Compared: 12 images of flat train. Pretraining had seen all of them.", page, StringComparison.Ordinal);
        Assert.Contains($"simclr evaluate gallery again {flat}", page, StringComparison.Ordinal);
        Assert.DoesNotContain("evaluate linear", page, StringComparison.Ordinal);

        GalleryResult Gallery() => RunRecord.Read(run).Gallery!;
    }

    [Theory]
    [InlineData("""{"data":"--out=x","name":"n","judged":{"name":"t","count":1,"total":1,"fingerprint":"f"}}""")]
    [InlineData("""{"data":"d","name":"n"}""")]
    [InlineData("""{"data":"d","name":"n","judged":{"name":"t","count":2,"total":1,"fingerprint":"f"}}""")]
    [InlineData("""
        {"data":"d","name":"n","judged":{"name":"t","count":1,"total":1,"fingerprint":"f"},"judged_in_pretraining":2}
        """)]
    public void A_record_of_data_that_makes_no_sense_is_refused(string measured)
    {
        var run = Pretrained("shapes:60");
        File.WriteAllText(Path.Combine(run, "evaluation-knn.json"),
            $$"""{"protocol":"knn","top1":0.5,"top5":1,"k":5,"test_count":1,"class_count":2,"measured_on":{{measured}}}""");
        Assert.Contains("makes no sense", Assert.Throws<RunFolderException>(() => RunRecord.Read(run)).Message,
            StringComparison.Ordinal);
    }

    private static int? Overlap(RunConfig config, DataSplits data) =>
        PretrainingOverlap.Count(config, data.Test.Count > 0 ? data.Test : data.Train, data.Train, default);

    private static EvaluationRequest Request(string run, string data) =>
        new() { Run = run, Data = data, Protocol = "knn", K = 5, Baselines = false, Compute = new() { Threads = 1 } };

    private string Pretrained(string data)
    {
        Pretrainer.Run(Options, data, _folder.At("run"));
        return _folder.At("run");
    }

    /// <summary>A folder with a given number of classes; images are called CLASS-NUMBER.png.</summary>
    private string Folder(string name, int classes, int each, int first)
    {
        var shapes = Shapes.Open(1000, 16).Train;
        for (var c = 0; c < classes; c++)
            for (var i = 0; i < each; i++)
                ImageCodec.WritePng(Path.Combine(_folder.At(name), $"{c}", $"{c}-{i}.png"), shapes.Load(200 * c + first + i));
        return _folder.At(name);
    }
}
