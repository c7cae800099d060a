using SimClr.Augmentation;
using SimClr.Evaluation;
using SimClr.Models;
using SimClr.Native;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Runs;

public sealed class RunWeightsTests : IDisposable
{
    private static readonly PretrainingOptions Tiny =
        new()
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0, LearningRate = 1e-9 },
            BatchSize = 10,
            Views = new() { Blur = 0 },
        };

    private readonly TemporaryFolder _folder = new();

    public RunWeightsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_imported_encoder_is_a_run_that_can_be_evaluated_and_reported()
    {
        var file = Foreign("theirs.safetensors", seed: 7);
        var imported = RunWeights.Import(file, _folder.At("run"), new ImportOptions { ImageSize = 16 });
        var model = imported.Options.Model;
        Assert.Equal((EncoderKind.ResNet18, 0.25, StemKind.Cifar, 16, NormalizationKind.Cifar10),
            (model.Encoder, model.Width, model.Stem, model.ImageSize, model.Normalization));
        Assert.Equal(64, imported.Origin.Sha256.Length);
        Assert.Contains("fc.weight", imported.Report.Ignored);
        var config = RunFolder.Open(_folder.At("run")).ReadConfig();
        Assert.True(config.IsImported);
        Assert.Equal((imported.Options, imported.Origin), (config.Options, config.InitialWeights));

        var request = new EvaluationRequest { Run = _folder.At("run"), Data = "shapes:60", Protocol = "knn", K = 5 };
        var result = RunEvaluation.Evaluate(request);
        Assert.Equal(100, result.TestCount);
        var record = RunRecord.Read(_folder.At("run"));
        Assert.Null(record.Loss);
        var html = File.ReadAllText(RunReport.Write(_folder.At("run")));
        Assert.Contains("features of an imported encoder", html, StringComparison.Ordinal);
        Assert.Contains("simclr import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("learned without a single label", html, StringComparison.Ordinal);

        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(_folder.At("run")));
        Assert.Contains("InitialWeights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_exported_is_imported_again_with_its_images_size_and_normalization()
    {
        var unusual = new ImportOptions { ImageSize = 48, Normalization = NormalizationKind.None };
        RunWeights.Import(Foreign("theirs.safetensors", seed: 7), _folder.At("first"), unusual);
        RunWeights.Export(_folder.At("first"), _folder.At("exported.safetensors"));
        var again = RunWeights.Import(_folder.At("exported.safetensors"), _folder.At("second"));
        Assert.Equal((48, NormalizationKind.None), (again.Options.Model.ImageSize.Last, again.Options.Model.Normalization));
        Assert.Equal(
            File.ReadAllBytes(_folder.At("first/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("second/encoder.safetensors")));
        using var file = SafeTensors.Read(_folder.At("exported.safetensors"));
        Assert.Equal(("pt", "resnet18", "0.25", "cifar"),
            (file.Metadata["format"], file.Metadata["encoder"], file.Metadata["width"], file.Metadata["stem"]));
    }

    [Theory]
    [InlineData(StemKind.Cifar)]
    [InlineData(StemKind.ImageNet)]
    public void Selective_kernels_come_in_go_out_and_come_in_again(StemKind stem)
    {
        using var scope = NewDisposeScope();
        var options = new ResNetOptions
        {
            Name = "resnet50",
            Width = 0.25,
            Stem = stem,
            SelectiveKernels = true,
            ZeroInitResidual = false,
        };
        var theirs = new ResNet(options, seed: 7);
        ModuleWeights.Save(theirs, _folder.At("theirs.safetensors"));
        var first = RunWeights.Import(_folder.At("theirs.safetensors"), _folder.At("first"));
        Assert.True(first.Options.Model.SelectiveKernels);
        var metadata = RunWeights.Export(_folder.At("first"), _folder.At("exported.safetensors"));
        Assert.Equal(("resnet50", "true"), (metadata["encoder"], metadata["selective_kernels"]));
        var second = RunWeights.Import(_folder.At("exported.safetensors"), _folder.At("second"));
        Assert.Equal(first.Options, second.Options);

        var ours = new ResNet(second.Options.Model.ToResNet(), seed: 9);
        ModuleWeights.Load(ours, RunFolder.Open(_folder.At("second")).Encoder);
        var images = randn(3, 3, 33, 33);
        theirs.eval();
        ours.eval();
        Assert.True(ours.call(images).eq(theirs.call(images)).all().item<bool>());
    }

    [Fact]
    public void Normalization_reaches_the_views_and_the_features()
    {
        var options = Tiny with
        {
            Model = Tiny.Model with { Normalization = NormalizationKind.ImageNet },
            Views = Tiny.Views with { SecondTransforms = "crop" },
        };
        var (first, second) = options.Views.CreatePolicies(options.Validated().Model);
        Assert.Equal(Normalization.ImageNet, first.Normalization);
        Assert.Equal(Normalization.ImageNet, second.Normalization);
        Assert.Equal(Normalization.None, Tiny.Views.CreatePolicies(Tiny.Model).First.Normalization);

        var file = Foreign("theirs.safetensors", seed: 7);
        double[] accuracies = [.. new[] { NormalizationKind.None, NormalizationKind.ImageNet }.Select(kind =>
        {
            var run = RunWeights.Import(file, _folder.At($"{kind}"), new ImportOptions
            {
                ImageSize = 16,
                Normalization = kind,
            }).Run;
            var request = new EvaluationRequest
            {
                Run = run,
                Data = "shapes:200",
                Protocol = "knn",
                K = 5,
                Compute = new() { Precision = Precision.Float32 },
            };
            return RunEvaluation.Evaluate(request, ["knn"]).Results[0].Top1;
        })];
        // Random features of 1,000 test images: an encoder that saw other numbers does not name exactly as many right.
        Assert.NotEqual(accuracies[0], accuracies[1]);
    }

    [Fact]
    public void Pretraining_starts_from_a_file_and_records_it()
    {
        var file = Foreign("theirs.safetensors", seed: 7);
        var options = Tiny with { InitialWeights = file };
        Pretrainer.Run(options, "shapes:40", _folder.At("run"));
        var config = RunFolder.Open(_folder.At("run")).ReadConfig();
        Assert.Equal((file, false, false), (config.InitialWeights!.File, config.InitialWeights.WithHead, config.IsImported));
        // The rate is next to nothing, so that parameters are still those of the file.
        AssertSameParameters(file, _folder.At("run/encoder.safetensors"));
    }

    [Theory]
    [InlineData(EncoderKind.ResNet18, false)]
    [InlineData(EncoderKind.ResNet50, true)]
    public void Pretraining_from_a_run_takes_its_head_where_it_is_the_same(EncoderKind encoder, bool selective)
    {
        var tiny = Tiny with { Model = Tiny.Model with { Encoder = encoder, SelectiveKernels = selective } };
        Pretrainer.Run(tiny with { Seed = 3 }, "shapes:40", _folder.At("first"));
        Pretrainer.Run(tiny with { InitialWeights = _folder.At("first") }, "shapes:40", _folder.At("same"));
        AssertSameParameters(_folder.At("first/encoder.safetensors"), _folder.At("same/encoder.safetensors"));
        AssertSameParameters(_folder.At("first/projection.safetensors"), _folder.At("same/projection.safetensors"));
        Assert.True(RunFolder.Open(_folder.At("same")).ReadConfig().InitialWeights!.WithHead);

        var narrower = tiny with { InitialWeights = _folder.At("first"), Model = tiny.Model with { ProjectionDimension = 16 } };
        Pretrainer.Run(narrower, "shapes:40", _folder.At("other"));
        AssertSameParameters(_folder.At("first/encoder.safetensors"), _folder.At("other/encoder.safetensors"));
        Assert.False(RunFolder.Open(_folder.At("other")).ReadConfig().InitialWeights!.WithHead);
    }

    [Fact]
    public void Weights_that_do_not_fit_leave_nothing_behind()
    {
        var file = Foreign("theirs.safetensors", seed: 7);
        var error = Assert.Throws<WeightsException>(
            () => Pretrainer.Run(Tiny with
            {
                InitialWeights = file,
                Model = Tiny.Model with { Encoder = EncoderKind.ResNet34 },
            }, "shapes:40", _folder.At("run")));
        Assert.Contains("looks like resnet18 of width 0.25 with the CIFAR stem, and the encoder is resnet34", error.Message);
        Assert.False(Directory.Exists(_folder.At("run")));

        var run = RunWeights.Import(file, _folder.At("imported")).Run;
        var differs = Assert.Throws<RunFolderException>(
            () => Pretrainer.Run(Tiny with { InitialWeights = run }, "shapes:40", _folder.At("run")));
        Assert.Contains("Normalization cifar10", differs.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run")));
        Assert.Throws<WeightsException>(() => RunWeights.Import(_folder.At("absent"), _folder.At("run")));
        var unknown = new ImportOptions { Normalization = (NormalizationKind)9 };
        Assert.Throws<SettingsException>(() => RunWeights.Import(file, _folder.At("run"), unknown));
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Fact]
    public void A_run_without_a_checkpoint_resumes_only_from_the_weights_it_began_with()
    {
        var file = Foreign("theirs.safetensors", seed: 7);
        Pretrainer.Run(Tiny with { InitialWeights = file }, "shapes:40", _folder.At("run"));
        var encoder = File.ReadAllBytes(_folder.At("run/encoder.safetensors"));
        void ForgetTraining()
        {
            File.Delete(_folder.At("run/summary.json"));
            Directory.Delete(_folder.At("run/checkpoints"), recursive: true);
        }
        ForgetTraining();
        Pretrainer.Resume(_folder.At("run"));
        Assert.Equal(encoder, File.ReadAllBytes(_folder.At("run/encoder.safetensors")));
        ForgetTraining();
        Foreign("theirs.safetensors", seed: 8);
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(_folder.At("run")));
        Assert.Contains("is not what the run began with", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A small network as a Python user would save it, classifier and counts included.</summary>
    private string Foreign(string name, ulong seed)
    {
        using var scope = NewDisposeScope();
        var network = new ResNet(new ResNetOptions { Width = 0.25, Stem = StemKind.Cifar, ZeroInitResidual = false }, seed);
        var tensors = network.state_dict().Select(t => (t.Key, t.Value)).Append(("fc.weight", zeros(10, 128)));
        SafeTensors.Write(_folder.At(name), tensors);
        return _folder.At(name);
    }

    private static void AssertSameParameters(string expected, string actual)
    {
        var (one, other) = (Golden.ArraysAt(expected), Golden.ArraysAt(actual));
        foreach (var name in other.Names.Where(name => !name.Contains("running", StringComparison.Ordinal)))
            Assert.All(one.Float32(name).Zip(other.Float32(name)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
