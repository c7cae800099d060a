using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Evaluation;

public sealed class FineTuningTests : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly TemporaryFolder _folder = new();
    private readonly FineTuningRequest _request;

    public FineTuningTests()
    {
        var options = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 16, HeadLayers = 3 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            BatchSize = 20,
            Views = new() { ColorStrength = 0.5, Blur = 0 },
            Compute = new() { Precision = Precision.Float32 },
        };
        Pretrainer.Run(options, "shapes:60", _folder.At("run"));
        _request = new FineTuningRequest
        {
            Run = _folder.At("run"),
            Data = "shapes:60",
            PerClass = 2,
            Training = new FineTuningOptions { Epochs = 2, Compute = new() { Precision = Precision.Float32 } },
        };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_run_keeps_its_weights_and_gets_the_result_and_the_labels()
    {
        var before = Weights();
        var result = FineTuning.Run(_request);
        Assert.Equal(before, Weights());
        var written = JsonNode.Parse(File.ReadAllText(_folder.At("run/evaluation-finetune-20-seed1.json")))!;
        string[] fields =
        [
            "protocol", "top1", "top5", "test_count", "class_count", "fraction", "labels", "epochs", "steps", "batch_size",
            "optimizer", "learning_rate", "weight_decay", "transforms", "layer", "seed", "train_loss", "train_top1", "seconds",
            "labels_file", "unreadable_pictures", "measured_on", "supervised",
        ];
        Assert.Equal(fields, written.AsObject().Select(field => field.Key));
        Assert.Equal(("finetune", 20, 20.0 / 60, 2, 100, 10, "crop,flip"), ((string)written["protocol"]!, (int)written["labels"]!,
            (double)written["fraction"]!, (int)written["epochs"]!, (int)written["test_count"]!, (int)written["class_count"]!,
            (string)written["transforms"]!));
        Assert.Equal(result.Top1, (double)written["top1"]!);
        Assert.Equal(("supervised", 20, "crop,flip"), ((string)written["supervised"]!["protocol"]!,
            (int)written["supervised"]!["labels"]!, (string)written["supervised"]!["transforms"]!));
        Assert.Equal(result.Supervised!.Top1, (double)written["supervised"]!["top1"]!);
        Assert.Equal(_folder.At("run/labels-20-seed1.json"), result.LabelsFile);
        Assert.Equal(20, LabelSubset.Load(result.LabelsFile!).Images.Count);
    }

    [Fact]
    public void The_same_labels_from_a_file_give_the_same_result_and_others_another()
    {
        var request = _request with { Baselines = false };
        var drawn = FineTuning.Run(request);
        File.Move(drawn.LabelsFile!, _folder.At("shared.json"));
        var listed = FineTuning.Run(request with { PerClass = null, LabelsFile = _folder.At("shared.json") });
        Assert.Equal(_folder.At("shared.json"), listed.LabelsFile);
        Assert.Equal(drawn with { LabelsFile = null, Seconds = 0 }, listed with { LabelsFile = null, Seconds = 0 });
        Assert.Null(drawn.Supervised);
        LabelSubset.OfEachClass(Shapes.Open(60, 16).Train, 2, seed: 9).Save(_folder.At("other.json"));
        var other = FineTuning.Run(request with { PerClass = null, LabelsFile = _folder.At("other.json") });
        Assert.NotEqual(drawn.TrainLoss, other.TrainLoss);
        var error = Assert.Throws<DataException>(() => FineTuning.Run(
            request with { Data = "shapes:70", PerClass = null, LabelsFile = _folder.At("shared.json") }));
        Assert.Contains("holds other images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_begins_with_what_the_run_has_learned()
    {
        // A classifier of zeros finds all classes equally likely.
        var training = _request.Training with { Epochs = 1, BatchSize = 20 };
        Assert.Equal(Math.Log(10), FineTuning.Run(_request with { Training = training, Baselines = false }).TrainLoss, 6);
        var longer = training with { LearningRate = 1, Epochs = 2 };
        var learned = FineTuning.Run(_request with { Training = longer, Baselines = false });
        var options = RunFolder.Open(_request.Run).ReadConfig().Options;
        var labels = LabelSubset.OfEachClass(Shapes.Open(60, 16).Train, 2, seed: 1);
        var settings = longer.Resolve(options, true, 20, 1);
        // The same training from the weights that the run began with goes another way.
        Assert.NotEqual(learned.TrainLoss, SupervisedTraining.Run(settings, Shapes.Open(60, 16), labels).TrainLoss);
    }

    [Fact]
    public void Labels_of_the_test_part_do_not_influence_training()
    {
        var data = Shapes.Open(60, 16);
        var honest = FineTuning.Run(_request, data, null, CancellationToken.None);
        var shifted = data with { Test = Subset.Of(data.Test, [.. Enumerable.Range(0, 50)]) };
        var judged = FineTuning.Run(_request, shifted, null, CancellationToken.None);
        Assert.Equal((100, 50), (honest.TestCount, judged.TestCount));
        Assert.Equal((honest.TrainLoss, honest.TrainTop1), (judged.TrainLoss, judged.TrainTop1));
        Assert.Equal(honest.Supervised!.TrainLoss, judged.Supervised!.TrainLoss);
    }

    [Fact]
    public void It_can_begin_at_a_layer_of_the_head()
    {
        var request = _request with { Baselines = false };
        var encoder = FineTuning.Run(request);
        var layer = FineTuning.Run(request with { Layer = 1 });
        Assert.Equal(1, layer.Layer);
        Assert.NotEqual(encoder.TrainLoss, layer.TrainLoss);
        Assert.True(File.Exists(_folder.At("run/evaluation-finetune-20-seed1-layer1.json")));
        Assert.Throws<SettingsException>(() => FineTuning.Run(request with { Layer = 4 }));
        File.Delete(_folder.At("run/projection.safetensors")); // as of an imported encoder
        var error = Assert.Throws<RunFolderException>(() => FineTuning.Run(request with { Layer = 1 }));
        Assert.Contains("no projection head", error.Message, StringComparison.Ordinal);
        Assert.Equal(encoder.TrainLoss, FineTuning.Run(request).TrainLoss);
    }

    [Fact]
    public void The_supervised_baseline_has_the_views_of_the_run_and_needs_no_encoder()
    {
        File.Delete(_folder.At("run/encoder.safetensors"));
        var result = SupervisedTraining.Run(_request);
        Assert.Equal(("supervised", "crop,flip,color,gray,blur"), (result.Protocol, result.Transforms));
        Assert.True(File.Exists(_folder.At("run/evaluation-supervised-20-seed1.json")));
        Assert.Throws<SettingsException>(() => SupervisedTraining.Run(_request with { Layer = 1 }));
        Assert.Throws<RunFolderException>(() => FineTuning.Run(_request));
        var asRun = SupervisedTraining.Run(_request with { Training = _request.Training with { Optimizer = "run" } });
        Assert.Equal(("lars", 0.3 * 16 / 256, 1e-6), (asRun.Optimizer, asRun.LearningRate, asRun.WeightDecay));
    }

    [Fact]
    public void Report_and_record_show_the_results_beside_those_of_frozen_features()
    {
        FineTuning.Run(_request);
        SupervisedTraining.Run(_request);
        var record = RunRecord.Read(_request.Run);
        Assert.Empty(record.Evaluations);
        Assert.Equal(["finetune", "supervised"], record.Classifiers.Select(result => result.Protocol));
        var page = File.ReadAllText(RunReport.Write(_request.Run));
        Assert.Contains("All layers trained further with 20 labels (33.33 %), seed 1", page, StringComparison.Ordinal);
        Assert.Contains("Trained from scratch with 20 labels (33.33 %), seed 1", page, StringComparison.Ordinal);
        Assert.Contains("simclr evaluate finetune again shapes:60 --labels", page, StringComparison.Ordinal);
        Assert.Equal((20, 60, 0, true), Of(record.Classifiers[0]));
        Assert.Equal((20, 60, null, false), Of(record.Classifiers[1]));
        Assert.Equal(Of(record.Classifiers[1]), Of(record.Classifiers[0].Supervised!));
        Assert.Contains("Pretraining had seen none of them. Labels came from 20 of the 60 images of shapes train.", page,
            StringComparison.Ordinal);

        static (int, int, int?, bool) Of(FineTuningResult result) =>
            (result.MeasuredOn!.Learned!.Count, result.MeasuredOn.Learned.Total,
            result.MeasuredOn.JudgedInPretraining, result.MeasuredOn.IsPretrained);
    }

    [Theory]
    [InlineData(500, 0.01, 64, 60, 143)]     // CIFAR-10, 1 %: 7 steps an epoch
    [InlineData(5000, 0.1, 256, 30, 53)]     // 10 %
    [InlineData(50_000, 1, 256, 30, 30)]
    [InlineData(20, 1, 16, 300, 1000)]       // a step an epoch
    [InlineData(3, 1, 3, 300, 1000)]
    public void What_is_left_open_follows_the_number_of_labels(
        int labels, double fraction, int batch, int epochs, int fromScratch)
    {
        var run = new PretrainingOptions();
        var tuned = new FineTuningOptions().Resolve(run, isPretrained: true, labels, fraction);
        Assert.Equal((batch, OptimizerKind.Sgd, 0, "crop,flip"),
            (tuned.BatchSize, tuned.Optimization.Optimizer, tuned.Optimization.WeightDecay, tuned.Views.Transforms));
        Assert.Equal((epochs, 0.05, LearningRateScaling.Linear, 0), (tuned.Schedule.Epochs, tuned.Schedule.LearningRate,
            tuned.Schedule.LearningRateScaling, tuned.Schedule.WarmupEpochs));
        var scratch = new FineTuningOptions().Resolve(run, isPretrained: false, labels, fraction);
        Assert.Equal((batch, fromScratch, 0.1, 5e-4, run.Views.Transforms),
            (scratch.BatchSize, scratch.Schedule.Epochs, scratch.Schedule.LearningRate, scratch.Optimization.WeightDecay,
                scratch.Views.Transforms));
        var given = new FineTuningOptions
        {
            Epochs = 7,
            BatchSize = 2,
            LearningRate = 1,
            WeightDecay = 2,
            WarmupEpochs = 3,
            Transforms = "flip",
        };
        var taken = given.Resolve(run, isPretrained: true, labels, fraction);
        Assert.Equal((7, 2, 1.0, 2.0, 3.0, "flip"), (taken.Schedule.Epochs, taken.BatchSize,
            taken.Schedule.LearningRate, taken.Optimization.WeightDecay, taken.Schedule.WarmupEpochs, taken.Views.Transforms));
    }

    [Theory]
    [InlineData("run", true, 0.25)]
    [InlineData("sgd", false, 0.0)]
    public void Only_the_runs_own_optimizer_brings_its_look_ahead_and_its_final_rate(string optimizer, bool ahead, double final)
    {
        var run = new PretrainingOptions
        {
            Optimization = new() { Nesterov = true },
            Schedule = new() { FinalLearningRate = 0.25 },
        };
        var taken = new FineTuningOptions { Optimizer = optimizer }.Resolve(run, isPretrained: true, labels: 20, fraction: 1);
        Assert.Equal((ahead, final), (taken.Optimization.Nesterov, taken.Schedule.FinalLearningRate));
    }

    [Fact]
    public void What_cannot_be_done_is_told_in_words()
    {
        string Settings(FineTuningRequest request) =>
            Assert.Throws<SettingsException>(() => FineTuning.Run(request)).Message;
        string Training(FineTuningOptions options) => Settings(_request with { Training = options });
        var all = _request with { PerClass = null };
        Assert.Equal("Fraction must be above 0 and at most 1, not 0.", Settings(all with { Fraction = 0 }));
        Assert.Equal("PerClass must be at least 1, not 0.", Settings(all with { PerClass = 0 }));
        Assert.Contains("Give one of Fraction", Settings(_request with { Fraction = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("one of sgd, lars, adamw, run", Training(new() { Optimizer = "x" }), StringComparison.Ordinal);
        Assert.Contains("Epochs must be at least 1", Training(new() { Epochs = 0 }), StringComparison.Ordinal);

        string Data(string data) => Assert.Throws<DataException>(() => FineTuning.Run(all with { Data = data })).Message;
        for (var i = 0; i < 4; i++)
        {
            var image = ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(i));
            _folder.Write($"flat/{i}.png", image);
            _folder.Write($"few/train/{i % 2}/{i}.png", image);
            _folder.Write($"few/test/{i}/{i}.png", image);
            _folder.Write($"single/{i}/{i}.png", image); // each class has one image, and none to hold out
        }
        Assert.Contains("one sub-folder per class", Data(_folder.At("flat")), StringComparison.Ordinal);
        Assert.Contains("no test part", Data(_folder.At("single")), StringComparison.Ordinal);
        Directory.Delete(_folder.At("few/train/1"), recursive: true);
        Assert.Contains("2 labeled images for 4 classes", Data(_folder.At("few")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.At("run"), "evaluation-finetune*"));
    }

    [Fact]
    public void A_result_is_one_line_of_JSON_that_reads_back()
    {
        var result = new FineTuningResult("finetune", 0.5, 0.9, 100, 10, 0.01, 500, 60)
        {
            Supervised = new("supervised", 0.3, 0.8, 100, 10, 0.01, 500, 90),
        };
        var json = result.ToJson();
        Assert.DoesNotContain('\n', json);
        Assert.Equal(result, JsonSerializer.Deserialize<FineTuningResult>(json, Json));
    }

    private byte[] Weights()
    {
        string[] files = [_folder.At("run/encoder.safetensors"), _folder.At("run/projection.safetensors")];
        return [.. files.SelectMany(File.ReadAllBytes)];
    }
}
