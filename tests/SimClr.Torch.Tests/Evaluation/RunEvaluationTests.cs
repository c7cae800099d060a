using System.Text.Json.Nodes;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Images;
using SimClr.Models;
using SimClr.Native;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using TorchSharp;

namespace SimClr.Torch.Tests.Evaluation;

public sealed class RunEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EvaluationRequest _request;

    public RunEvaluationTests()
    {
        var options = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            BatchSize = 20,
            Views = new() { ColorStrength = 0.5, Blur = 0 },
        };
        Pretrainer.Run(options, "shapes:60", _folder.At("run"));
        _request = new EvaluationRequest { Run = _folder.At("run"), Data = "shapes:60", K = 5 };
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Stages : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }

    [Fact]
    public void Several_protocols_on_shared_features_equal_each_alone()
    {
        var both = RunEvaluation.Evaluate(_request, ["linear", "knn"]).Results;
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
    public void Gradient_descent_on_crops_is_a_protocol_of_its_own()
    {
        var before = File.ReadAllBytes(_folder.At("run/encoder.safetensors"));
        var request = _request with { Protocol = "linear-sgd", Epochs = 3, Views = 2, BatchSize = 16 };
        var stages = new Stages();
        var result = RunEvaluation.Evaluate(request, stages);
        Assert.Equal(before, File.ReadAllBytes(_folder.At("run/encoder.safetensors")));
        Assert.Equal(("linear-sgd", null, 100), (result.Protocol, result.K, result.TestCount));
        Assert.NotNull(result.Baselines!.RawPixels);
        // Three networks, two copies each; the third epoch sees the first copy again.
        Assert.Equal(6, stages.All.Count(stage => stage.Contains(", copy ", StringComparison.Ordinal)));
        Assert.Equal(result, RunEvaluation.Evaluate(request)); // deterministic
        Assert.True(File.Exists(_folder.At("run/evaluation-linear-sgd.json")));
        Assert.Contains(RunRecord.Read(_request.Run).Evaluations, read => read.Equals(result));
    }

    [Fact]
    public void Classes_and_confusions_add_up_and_are_drawn()
    {
        var result = RunEvaluation.Evaluate(_request with { Protocol = "knn", Baselines = false });
        var counts = result.Confusion!;
        Assert.Equal(result.TestCount, counts.Sum(row => row.Sum()));
        Assert.Equal(result.Top1 * result.TestCount, counts.Select((row, i) => row[i]).Sum(), 1e-9);
        Assert.Equal(DatasetSource.Open("shapes:60", 16).Test.ClassNames, result.PerClassTop1!.Keys);
        foreach (var (i, top1) in result.PerClassTop1.Values.Index())
            Assert.Equal((double)counts[i][i] / counts[i].Sum(), top1!.Value);
        var written = JsonNode.Parse(File.ReadAllText(_folder.At("run/evaluation-knn.json")))!;
        Assert.Equal(counts[3], written["confusion"]![3]!.AsArray().Select(count => (int)count!));
        Assert.Equal(result, RunRecord.Read(_request.Run).Evaluations.Single());
        RunReport.Write(_request.Run);
        var image = ImageCodec.Decode(File.ReadAllBytes(_folder.At("run/confusion-knn.png")));
        Assert.True(image.Width > 400 && image.Pixels.ToArray().Distinct().Count() > 50, "an empty image");
    }

    [Fact]
    public void Neighbors_and_a_map_of_test_images_are_drawn_when_they_are_asked_for()
    {
        var request = _request with { Protocol = "knn", Baselines = false };
        string[] files = [_folder.At("run/neighbors.png"), _folder.At("run/map.png")];
        var head = RunEvaluation.Evaluate(request with { Layer = 1 }, ["knn"]);
        Assert.Throws<ArgumentException>(() => RunGallery.Draw(head));
        var encoder = RunEvaluation.Evaluate(request, ["knn"]);
        Assert.All(files, file => Assert.False(File.Exists(file)));
        RunGallery.Draw(encoder);
        var first = files.Select(File.ReadAllBytes).ToList();
        Assert.Equal((8 * 108 + 4, 1040), (ImageCodec.Decode(first[0]).Width, ImageCodec.Decode(first[1]).Width));
        RunGallery.Draw(RunEvaluation.Evaluate(request, ["knn"]));
        Assert.Equal(first, files.Select(File.ReadAllBytes));
        var page = File.ReadAllText(RunReport.Write(_request.Run));
        Assert.All(first, bytes => Assert.Contains(Convert.ToBase64String(bytes), page, StringComparison.Ordinal));
        var confusion = File.ReadAllBytes(_folder.At("run/confusion-knn.png"));
        Assert.Contains(Convert.ToBase64String(confusion), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Means_over_views_are_a_result_of_their_own_which_says_so()
    {
        var plain = RunEvaluation.Evaluate(_request);
        var before = File.ReadAllText(_folder.At("run/evaluation-linear.json"));
        Assert.Null(plain.UseViews);
        Assert.DoesNotContain("use_views", before, StringComparison.Ordinal);
        var evaluated = RunEvaluation.Evaluate(_request with { UseViews = 2 }, ["linear"]);
        var means = evaluated.Results[0];
        Assert.Equal(2, means.UseViews);
        Assert.Equal(plain.Baselines!.RawPixels, means.Baselines!.RawPixels); // as they are, whatever the encoder is given
        Assert.Equal(before, File.ReadAllText(_folder.At("run/evaluation-linear.json")));
        Assert.Contains("\"use_views\":2", File.ReadAllText(_folder.At("run/evaluation-linear-views2.json")),
            StringComparison.Ordinal);
        Assert.Equal([plain, means], RunRecord.Read(_request.Run).Evaluations);
        Assert.Throws<ArgumentException>(() => RunGallery.Draw(evaluated));
        var page = File.ReadAllText(RunReport.Write(_request.Run));
        Assert.Contains("means over 2 views of each image", page, StringComparison.Ordinal);
        Assert.Contains("shapes:60 --use-views 2", page, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("run/confusion-linear-views2.png")));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void Both_parts_are_averaged_and_random_crops_are_not(int views)
    {
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        var data = DatasetSource.Open("shapes:60", 16);
        using var network = Backbone.Open(RunFolder.Open(_request.Run), options.Model, 0);
        var source = new SplitFeatures(_request with { Compute = new() { Precision = Precision.Float32 } }, data, null, default);
        float[] train, test, copy;
        using (var means = source.Of(network, 16, Normalization.None, "encoder", views))
            (train, test, copy) = (means.Train.Values, means.Test.Values, means.Views(1, 1)(0).Values);
        using (var plain = source.Of(network, 16, Normalization.None, "encoder"))
        {
            Assert.Equal(plain.Views(1, 1)(0).Values, copy);
            Assert.NotEqual(plain.Test.Values, test);
        }
        using var extractor = new FeatureExtractor(network, torch.ScalarType.Float32, torch.CPU, new()) { UseViews = views };
        Assert.Equal(extractor.Extract(data.Train, new(16, Normalization.None)).Values, train);
        Assert.Equal(extractor.Extract(data.Test, new(16, Normalization.None)).Values, test);
    }

    [Fact]
    public void A_row_of_features_is_known_by_its_image_when_some_cannot_be_read()
    {
        using var images = new BrokenImages(160, "a", "b");
        var data = DatasetSource.Open(images.FullPath, 16);
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        using var network = Backbone.Open(RunFolder.Open(_request.Run), options.Model, 0);
        var source = new SplitFeatures(_request, data, null, default);
        using var features = source.Of(network, 16, options.Model.ToNormalization(), "encoder");
        Assert.Equal(features.Test.Labels, source.TestImages.Select(data.Test.Label));
        Assert.DoesNotContain(source.TestImages, index => BrokenImages.IsBroken(data.Test.Describe(index)));
        Assert.True(source.TestImages.Length < data.Test.Count);
    }

    [Fact]
    public void Random_crops_are_as_large_as_the_runs()
    {
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        float[] Pixels(double least)
        {
            using var pixels = torch.nn.Flatten();
            var source = new SplitFeatures(_request, DatasetSource.Open("shapes:60", 16), null, default) { CropScaleMin = least };
            using var features = source.Of(pixels, 16, options.Model.ToNormalization(), "pixels");
            return features.Views(1, 1)(0).Values.ToArray();
        }
        Assert.NotEqual(Pixels(0.08), Pixels(0.9));
    }

    [Fact]
    public void The_network_is_the_same_to_the_last_bit_after_its_features_were_taken()
    {
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        using var network = Backbone.Open(RunFolder.Open(_request.Run), options.Model, 0);
        network.train();
        var before = network.state_dict().Values.Select(Bytes).ToList();
        var source = new SplitFeatures(_request, DatasetSource.Open("shapes:60", 16), null, default);
        using (var features = source.Of(network, 16, options.Model.ToNormalization(), "encoder"))
        {
            Assert.False(network.training);
            var views = features.Views(2, 3);
            Assert.Same(views(0), views(2));
            Assert.NotEqual(views(0).Values, views(1).Values);
            Assert.Equal(features.Train.Labels, views(1).Labels);
            Assert.NotSame(features.Views(3, 3)(0), features.Views(3, 3)(0)); // nothing is kept that is used once
            Assert.Same(features.Train, features.Views(0, 3)(2));
        }
        Assert.True(network.training);
        Assert.Equal(before, network.state_dict().Values.Select(Bytes));

        static byte[] Bytes(torch.Tensor tensor)
        {
            using var contiguous = tensor.detach().contiguous(); // held: a span does not hold what it shows
            return contiguous.bytes.ToArray();
        }
    }

    [Fact]
    public void Images_that_cannot_be_read_are_left_out_and_counted()
    {
        using var images = new BrokenImages(160, "a", "b");
        var result = RunEvaluation.Evaluate(_request with { Data = images.FullPath, Protocol = "knn" });
        Assert.Equal(images.Broken, result.UnreadableImages);
        var test = DatasetSource.Open(images.FullPath, 16).Test;
        Assert.Equal(Enumerable.Range(0, test.Count).Count(i => !BrokenImages.IsBroken(test.Describe(i))), result.TestCount);
        var written = JsonNode.Parse(File.ReadAllText(_folder.At("run/evaluation-knn.json")))!;
        Assert.Equal(images.Broken, (int)written["unreadable_pictures"]!);
    }

    [Fact]
    public void Baselines_do_not_depend_on_what_was_learned()
    {
        var learned = RunEvaluation.Evaluate(_request).Baselines;
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        options = options with { Schedule = options.Schedule with { Epochs = 2, LearningRate = 1 } };
        Pretrainer.Run(options, "shapes:60", _folder.At("other"));
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
        Assert.Contains("Pretrainer.Resume", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 24)]
    public void A_layer_of_the_head_is_judged_by_what_it_gives(int layer, int dimension)
    {
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        options = options with { Model = options.Model with { HiddenDimension = 64, ProjectionDimension = 24 } };
        Pretrainer.Run(options, "shapes:60", _folder.At("other"));
        var run = RunFolder.Open(_folder.At("other"));
        var request = _request with
        {
            Run = run.Path,
            Protocol = "knn",
            Layer = layer,
            Compute = _request.Compute with { Precision = Precision.Float32 },
        };
        var result = RunEvaluation.Evaluate(request);
        Assert.Equal((layer, true), (result.Layer, File.Exists(_folder.At($"other/evaluation-knn-layer{layer}.json"))));

        // The same by hand: the library's model, filled from the run's files.
        using var model = new SimClrModel(options.Model.ToResNet(), options.Model.ToHead(), seed: 9);
        ModuleWeights.Load(model.Encoder, run.Encoder);
        ModuleWeights.Load(model.Head, run.Projection);
        model.eval();
        var data = DatasetSource.Open(request.Data, 16);
        FeatureSet Features(IImageDataset part)
        {
            using var scope = torch.NewDisposeScope();
            using var frozen = torch.no_grad();
            var batches = new EvaluationBatches(part, new EvaluationTransform(16, Normalization.None),
                new EvaluationBatchOptions());
            var (values, labels) = (new List<float>(), new List<int>());
            foreach (var batch in batches.All())
            {
                values.AddRange(model.Features(batch.ToTensor(), layer).data<float>());
                labels.AddRange(batch.Labels);
            }
            return new FeatureSet([.. values], dimension, [.. labels], part.ClassNames);
        }
        var expected = KNearestNeighbors.Evaluate(Features(data.Train), Features(data.Test), new KnnOptions { K = 5 });
        Assert.Equal((expected.Top1, expected.Top5), (result.Top1, result.Top5));

        var ofEncoder = RunEvaluation.Evaluate(request with { Layer = 0 });
        Assert.Equal(0, ofEncoder.Layer);
        // Random weights as far as the layer.
        Assert.NotEqual(ofEncoder.Baselines!.RandomEncoder, result.Baselines!.RandomEncoder);
        Assert.Equal(ofEncoder.Baselines.RawPixels, result.Baselines.RawPixels);
        string[] judged = [$"evaluation-knn-layer{layer}.json", "evaluation-knn.json"];
        Assert.Equal(judged, Directory.GetFiles(run.Path, "evaluation-*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_layer_that_is_not_there_is_refused_in_words()
    {
        var error = Assert.Throws<SettingsException>(() => RunEvaluation.Evaluate(_request with { Layer = 3 }));
        Assert.Equal("Layer must be between 0 (the encoder) and 2, the layers of the run's head, not 3.", error.Message);
        var negative = Assert.Throws<SettingsException>(() => RunEvaluation.Evaluate(_request with { Layer = -1 }));
        Assert.Equal("Layer must be at least 0 (0 is the encoder), not -1.", negative.Message);
        var imported = RunWeights.Import(_folder.At("run/encoder.safetensors"), _folder.At("imported")).Run;
        var none = Assert.Throws<RunFolderException>(() => RunEvaluation.Evaluate(_request with { Run = imported, Layer = 1 }));
        Assert.EndsWith("has no projection head, as imported encoders have none; leave out Layer.", none.Message);
        Assert.Equal(100, RunEvaluation.Evaluate(_request with { Run = imported, Baselines = false }).TestCount);
    }

    [Theory]
    [InlineData("svm", 200, 0.1, "Protocol must be one of linear, linear-sgd, knn, not 'svm'.")]
    [InlineData("knn", 0, 0.1, "K must be at least 1, not 0.")]
    [InlineData("knn", 200, 0, "Temperature must be above 0, not 0.")]
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
        Assert.ThrowsAny<OperationCanceledException>(() => RunEvaluation.Evaluate(_request, cancellationToken: stop.Token));
        Assert.False(File.Exists(_folder.At("run/evaluation-linear.json")));
    }
}
