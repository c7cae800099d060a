using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Classification;
using SimClr.Data;
using SimClr.Features;
using SimClr.Models;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Classification;

/// <summary>Classifiers whose encoder was trained too.</summary>
public sealed class FineTunedClassifierTests : IDisposable
{
    private readonly ColoredImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(FineTunedPart.All, 0, "encoder.")]
    [InlineData(FineTunedPart.LastStage, 0, "encoder.layer4.")]
    [InlineData(FineTunedPart.LastTwoStages, 1, "encoder.layer3.", "encoder.layer4.", "head.linear1.", "head.bn1.")]
    public void The_file_holds_the_encoder_that_was_trained_and_the_run_keeps_its_own(
        FineTunedPart part, int layer, params string[] trained)
    {
        var hash = WeightsOrigin.HashOf(Path.Combine(_images.Run, "encoder.safetensors"));
        var made = Train(out var file, change: request => request with { Finetune = part, Layer = layer });
        Assert.Equal(hash, WeightsOrigin.HashOf(Path.Combine(_images.Run, "encoder.safetensors")));
        Assert.Equal(SettingChoices.Finetune.WordOf(part), made.Quality.Finetune!.Chosen);
        Assert.Equal(["never", made.Quality.Finetune.Chosen], made.Quality.Finetune.Compared.Select(one => one.Finetune));
        using var content = ClassifierFile.Read(file);
        Assert.Equal(hash, content.EncoderSha256);
        using var before = Backbone.Open(RunFolder.Open(_images.Run), ColoredImages.Settings.Model, layer);
        using var scope = NewDisposeScope();
        var old = before.state_dict();
        var changed = PackedNetwork.Tensors(content.Network)
            .Where(entry => !entry.Tensor.equal(old[entry.Name]).all().item<bool>()).Select(entry => entry.Name).ToHashSet();
        // Every weight of the part, no other, and no running statistics. A head's layers behind the one used get no gradient.
        var expected = content.Network.named_parameters().Select(p => p.name)
            .Where(name => trained.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
        Assert.Equal(expected.Order(), changed.Order());
    }

    [Fact]
    public void After_reading_it_classifies_as_it_did_before_writing()
    {
        for (var c = 0; c < 3; c++)
        {
            _images.Fill("parts/train", c, 6);
            _images.Fill("parts/test", c, 5, first: 30);
        }
        var made = Train(out var file, change: request => request with { Data = _images.At("parts") });
        Directory.Delete(_images.Run, recursive: true);
        using var classifier = ImageClassifier.Open(file);
        Assert.Equal(made.Quality.ToJson(), classifier.Quality.ToJson());
        var test = DatasetSource.Open(_images.At("parts"), 24).Test;
        var (right, loss) = (0, 0.0);
        foreach (var (index, classes) in classifier.Classify(test))
        {
            var name = test.ClassNames[test.Label(index)];
            if (classes[0].ClassName == name) right++;
            loss -= Math.Log(classes.Single(one => one.ClassName == name).Probability);
        }
        Assert.Equal(made.Quality.Test!.Top1, right / 15.0, 1e-12);
        Assert.Equal(made.Quality.Test.Calibrated.LogLoss, loss / 15, 1e-6); // batches of another size round otherwise

        using var content = ClassifierFile.Read(file);
        using (var again = ClassifierFile.Begin(_images.At("again"))) ClassifierFile.Write(again, content);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(_images.At("again")));
    }

    [Fact]
    public void The_same_seed_gives_the_same_file()
    {
        Train(out var first, "a");
        Train(out var second, "b");
        Train(out var other, "c", request => request with { Seed = 2 });
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.NotEqual(File.ReadAllBytes(first), File.ReadAllBytes(other));
    }

    [Fact]
    public void Auto_trains_an_encoder_that_does_not_see_what_tells_the_classes_apart()
    {
        GrayRun();
        var made = Train(out _, change: request => request with
        {
            Finetune = FineTunedPart.Auto,
            FinetuneEpochs = 60,
            FinetuneLearningRate = 3e-3,
        });
        var quality = made.Quality.Finetune!;
        Assert.Equal(["never", "last-1", "all"], quality.Compared.Select(one => one.Finetune));
        Assert.Equal("all", quality.Chosen);
        Assert.True(quality.Compared[2].Top1 > quality.Compared[0].Top1 + 0.2, made.Quality.ToJson());
        // The figures are those of what was chosen.
        Assert.Equal((quality.Compared[2].Top1, quality.Compared[2].LogLoss),
            (made.Quality.Top1, made.Quality.Calibrated.LogLoss));
    }

    [Fact]
    public void Auto_leaves_an_encoder_that_training_would_spoil_and_a_user_who_wants_it_anyway_is_warned()
    {
        ImageClassifierRequest Spoiled(ImageClassifierRequest request, FineTunedPart part) => request with
        {
            Finetune = part,
            FinetuneLearningRate = 0.03,
        };
        var made = Train(out var file, change: request => Spoiled(request, FineTunedPart.Auto));
        Assert.Equal("never", made.Quality.Finetune!.Chosen);
        Assert.Equal(made.Quality.Finetune.Compared.Min(one => one.LogLoss), made.Quality.Finetune.Compared[0].LogLoss);
        Assert.DoesNotContain(made.Quality.Warnings, warning => warning.Contains("fine-tuned", StringComparison.Ordinal));
        Train(out var frozen, "frozen", request => request with { Finetune = FineTunedPart.Never });
        var image = ColoredImages.Image(1, 90);
        using (var one = ImageClassifier.Open(file))
        using (var other = ImageClassifier.Open(frozen)) Assert.Equal(other.Classify(image), one.Classify(image));

        made = Train(out _, change: request => Spoiled(request, FineTunedPart.All));
        Assert.Equal("all", made.Quality.Finetune!.Chosen);
        Assert.Contains(made.Quality.Warnings, warning => warning.Contains("as it is than fine-tuned", StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_that_were_held_out_are_not_seen()
    {
        // Images of one kind under two names: they can be learned by heart, and nothing can be learned of others.
        for (var i = 0; i < 40; i++)
        {
            var folder = _images.At($"noise/{(i % 2 == 0 ? "a" : "b")}");
            Directory.CreateDirectory(folder);
            SimClr.Images.ImageCodec.WritePng(Path.Combine(folder, $"{i}.png"), ColoredImages.Image(0, i));
        }
        var made = Train(out var file, change: request => request with
        {
            Data = _images.At("noise"),
            FinetuneEpochs = 60,
            FinetuneLearningRate = 3e-3,
        });
        using var classifier = ImageClassifier.Open(file);
        var images = DatasetSource.Open(_images.At("noise"), 24).Train;
        var learned = classifier.Classify(images)
            .Count(image => image.Classes[0].ClassName == images.ClassNames[images.Label(image.Index)]);
        Assert.True(learned >= 0.7 * images.Count, FormattableString.Invariant($"{learned} of {images.Count}"));
        Assert.InRange(made.Quality.Top1, 0.25, 0.65); // chance ± 2 to 3 standard deviations of 40 tosses
    }

    [Fact]
    public void Figures_of_an_earlier_version_say_nothing_of_fine_tuning()
    {
        var json = JsonNode.Parse(Train(out _).Quality.ToJson())!.AsObject();
        Assert.True(json.Remove("finetune"));
        Assert.Null(ImageClassifierQuality.FromJson(json.ToJsonString()).Finetune);
        json["finetune"] = JsonNode.Parse("""{"chosen":"all","compared":[null]}""");
        Assert.Throws<JsonException>(() => ImageClassifierQuality.FromJson(json.ToJsonString()));
    }

    [Fact]
    public void What_cannot_be_done_is_refused_in_words_and_leaves_nothing()
    {
        void Refused<T>(string setting, Func<ImageClassifierRequest, ImageClassifierRequest> change) where T : SimClrException
        {
            var error = Assert.Throws<T>(() => Train(out _, "x", change));
            Assert.Equal(setting, error.Setting);
            Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        }
        Refused<SettingsException>("Finetune", request => request with { Finetune = (FineTunedPart)99 });
        Refused<SettingsException>("FinetuneEpochs", request => request with { FinetuneEpochs = 0 });
        Refused<SettingsException>("FinetuneLearningRate", request => request with { FinetuneLearningRate = double.NaN });
        Refused<TrainingDivergedException>("FinetuneLearningRate", request => request with { FinetuneLearningRate = 1e30 });

        using var stop = new CancellationTokenSource();
        var stages = new Stages(stage =>
        {
            if (stage == "fine-tuning (all) without fold 2 of 2") stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => ImageClassifierTraining.Run(Request("x"), null, stages, stop.Token));
        Assert.Empty(Directory.GetFiles(_images.At(""), "x*"));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        Train(out _);
        var before = LiveTensors.Count();
        Train(out _);
        // TorchSharp counts a parameter twice and takes only one back: 60 of an encoder, which was opened to embed, trained for
        // each of two folds and trained for good; and each time but the first the two of a classifier.
        Assert.Equal(before + 4 * 60 + 3 * 2, Tensor.TotalCount);
    }

    /// <summary>An encoder that looks at the sum of red, green and blue alone, which is alike in all classes.</summary>
    private void GrayRun()
    {
        var settings = ColoredImages.Settings with
        {
            Model = ColoredImages.Settings.Model with { Normalization = NormalizationKind.None },
        };
        TrainedLook.Run(settings, _images.Run);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var encoder = TrainedLook.Encoder(settings.Model.ToResNet());
        var kernel = encoder.state_dict()["conv1.weight"]; // [O, 3, 3, 3]
        kernel.copy_(kernel.mean([1], keepdim: true).expand_as(kernel));
        ModuleWeights.Save(encoder, Path.Combine(_images.Run, "encoder.safetensors"));
    }

    private ImageClassifierRequest Request(string name) => new()
    {
        Run = _images.Run,
        Data = _images.Data,
        Out = _images.At(name),
        Folds = 2,
        Finetune = FineTunedPart.All,
        FinetuneEpochs = 2,
        Use = new() { Precision = Precision.Float32 },
    };

    private TrainedImageClassifier Train(out string file, string name = "mine.safetensors",
        Func<ImageClassifierRequest, ImageClassifierRequest>? change = null)
    {
        var request = Request(name);
        file = request.Out!;
        return ImageClassifierTraining.Run(change?.Invoke(request) ?? request);
    }

    private sealed class Stages(Action<string> see) : IProgress<string>
    {
        public void Report(string value) => see(value);
    }
}
