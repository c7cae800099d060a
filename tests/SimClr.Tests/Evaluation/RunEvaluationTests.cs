using System.Text.Json.Nodes;
using SimClr.Datasets;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Pretraining;
using SimClr.Tests.Batches;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Evaluation;

public sealed class RunEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EvaluationRequest _request;

    public RunEvaluationTests()
    {
        var options = new PretrainingOptions
        {
            Width = 0.25,
            ImageSize = 16,
            Epochs = 1,
            BatchSize = 20,
            WarmupEpochs = 0,
            ColorStrength = 0.5,
            Blur = 0,
        };
        Pretrainer.Run(options, "shapes:60", _folder.At("run"));
        _request = new EvaluationRequest { Run = _folder.At("run"), Data = "shapes:60", K = 5 };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_protocols_on_shared_features_equal_each_alone()
    {
        var both = RunEvaluation.Evaluate(_request, ["linear", "knn"]);
        Assert.Equal(RunEvaluation.Evaluate(_request), both[0]);
        Assert.Equal(RunEvaluation.Evaluate(_request with { Protocol = "knn" }), both[1]);
        Assert.Equal(("linear", null, 100, 10), (both[0].Protocol, both[0].K, both[0].TestCount, both[0].ClassCount));
        Assert.Equal(("knn", 5, 100, 10), (both[1].Protocol, both[1].K, both[1].TestCount, both[1].ClassCount));
    }

    [Fact]
    public void Evaluation_leaves_the_encoder_alone_and_its_result_in_the_run_folder()
    {
        var before = File.ReadAllBytes(_folder.At("run/encoder.safetensors"));
        var result = RunEvaluation.Evaluate(_request);
        Assert.Equal(before, File.ReadAllBytes(_folder.At("run/encoder.safetensors")));
        var written = JsonNode.Parse(File.ReadAllText(_folder.At("run/evaluation-linear.json")))!;
        Assert.Equal(result.Top1, (double)written["top1"]!);
        Assert.Equal(result.Baselines!.RawPixels, (double)written["baselines"]!["raw_pixels"]!);
        Assert.Equal(result.Baselines.RandomEncoder, (double)written["baselines"]!["random_encoder"]!);
    }

    [Fact]
    public void Pictures_that_cannot_be_read_are_left_out_and_counted()
    {
        using var pictures = new BrokenPictures(160, "a", "b");
        var result = RunEvaluation.Evaluate(_request with { Data = pictures.FullPath, Protocol = "knn" });
        Assert.Equal(pictures.Broken, result.UnreadablePictures);
        var test = DatasetSource.Open(pictures.FullPath, 16).Test;
        Assert.Equal(Enumerable.Range(0, test.Count).Count(i => !BrokenPictures.IsBroken(test.Describe(i))), result.TestCount);
        var written = JsonNode.Parse(File.ReadAllText(_folder.At("run/evaluation-knn.json")))!;
        Assert.Equal(pictures.Broken, (int)written["unreadable_pictures"]!);
    }

    [Fact]
    public void Baselines_do_not_depend_on_what_was_learned()
    {
        var learned = RunEvaluation.Evaluate(_request).Baselines;
        Pretrainer.Run(RunFolder.Open(_request.Run).ReadConfig().Options with { Epochs = 2, LearningRate = 1 }, "shapes:60", _folder.At("other"));
        Assert.Equal(learned, RunEvaluation.Evaluate(_request with { Run = _folder.At("other") }).Baselines);
        Assert.Null(RunEvaluation.Evaluate(_request with { Baselines = false }).Baselines);
    }

    [Fact]
    public void Data_without_classes_or_without_a_test_part_is_refused_in_words()
    {
        foreach (var i in Enumerable.Range(0, 4))
            _folder.Write($"flat/{i}.png", ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(i)));
        var error = Assert.Throws<DataException>(() => RunEvaluation.Evaluate(_request with { Data = _folder.At("flat") }));
        Assert.Contains("one sub-folder per class", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("run/evaluation-linear.json")));
    }

    [Fact]
    public void A_run_that_is_not_finished_is_refused_in_words()
    {
        File.Delete(_folder.At("run/encoder.safetensors"));
        var error = Assert.Throws<RunFolderException>(() => RunEvaluation.Evaluate(_request));
        Assert.Contains("--resume", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("svm", 200, 0.1, "The protocol must be linear or knn, not 'svm'.")]
    [InlineData("knn", 0, 0.1, "--k must be at least 1, not 0.")]
    [InlineData("knn", 200, 0, "--temperature must be above 0, not 0.")]
    public void A_request_out_of_bounds_is_named(string protocol, int k, double temperature, string message)
    {
        var request = _request with { Protocol = protocol, K = k, Temperature = temperature };
        Assert.Equal(message, Assert.Throws<SettingsException>(() => RunEvaluation.Evaluate(request)).Message);
    }

    [Fact]
    public void Evaluation_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => RunEvaluation.Evaluate(_request, cancellation: stop.Token));
        Assert.False(File.Exists(_folder.At("run/evaluation-linear.json")));
    }
}
