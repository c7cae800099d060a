using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Optimization;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using TorchSharp;

namespace SimClr.Torch.Tests.Training;

public sealed class PretrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new() { Epochs = 3, WarmupEpochs = 1, LearningRate = 1 },
        BatchSize = 10,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Seed = 5,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_leaves_its_folder_as_promised()
    {
        var reports = new Reports();
        var summary = Pretrainer.Run(Tiny, "shapes:40", _folder.At("run"), reports);
        var run = RunFolder.Open(_folder.At("run"));
        Assert.Equal((3, 12, false), (summary.Epochs, summary.Steps, summary.Interrupted));
        Assert.Equal(Math.Log(19), summary.ChanceLoss!.Value, 12);
        Assert.True(summary.Loss > 0 && summary.Loss < summary.ChanceLoss, $"loss {summary.Loss}");
        Assert.InRange(summary.ContrastiveTop1, 1e-9, 1);
        Assert.True(summary.PeakMemoryBytes > 1 << 20);
        Assert.Equivalent(summary, run.ReadSummary());
        Assert.Equal(Tiny, run.ReadConfig().Options);
        Assert.Equal("shapes:40", run.ReadConfig().Data);
        Assert.All([run.Encoder, run.Projection, run.Metrics], file => Assert.True(File.Exists(file), file));
        Assert.Equal(["step-00000008.safetensors", "step-00000012.safetensors"],
            Directory.GetFiles(run.Checkpoints).Select(f => Path.GetFileName(f)!).Order());
        var lines = File.ReadAllLines(run.Metrics).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(Enumerable.Range(1, 12), lines.Select(l => (int)l["step"]!));
        Assert.Equal(lines.Select(l => (double)l["loss"]!), reports.All.Select(r => r.Loss!.Value));
        Assert.Equal(summary.Loss, lines.TakeLast(4).Average(l => (double)l["loss"]!), 9);
        Assert.Equal(0.25 * 10 / 256 * 0, (double)lines[0]["lr"]!); // warmup begins at 0
        Assert.DoesNotContain(Directory.GetFiles(run.Path, "*", SearchOption.AllDirectories),
            f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_is_stopped_before_its_first_step_has_nulls_in_its_summary()
    {
        // Between the parts of a step is where a run can be stopped so early.
        var summary = Pretrainer.Run(Tiny with { MicroBatch = 4 }, "shapes:40", _folder.At("run"),
            cancellationToken: new CancellationToken(canceled: true));
        Assert.Equal((true, 0), (summary.Interrupted, summary.Steps));
        var json = JsonNode.Parse(summary.ToJson().ToJsonString())!.AsObject();
        Assert.All(["loss", "contrastive_top1", "views_per_second"], name => Assert.Null(json[name]));
        Assert.InRange((double)json["checkpoint_share"]!, 0, 1);
        Assert.Equal(summary.Steps, PretrainingSummary.FromJson(json.ToJsonString()).Steps);
    }

    [Theory]
    [InlineData(1)]              // within the first epoch
    [InlineData(4)]              // at the end of the first epoch
    [InlineData(7)]              // within the second
    [InlineData(11)]             // one step before the end
    [InlineData(5, "8..12", 2)]  // one step before views grow, within an epoch
    [InlineData(6, "8..12")]     // where they do
    [InlineData(7, "12..8", 1)]
    public void Stopping_and_resuming_changes_nothing(int stopAfter, string sides = "8", int smallViews = 0)
    {
        var options = Tiny with
        {
            Model = Tiny.Model with { ImageSize = ImageSizes.Parse(sides) },
            Views = Tiny.Views with { SmallViews = smallViews },
        };
        var whole = Pretrainer.Run(options, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        var first = Pretrainer.Run(options, "shapes:40", _folder.At("parts"),
            new Reports(r => { if (r.Step == stopAfter) stop.Cancel(); }),
            cancellationToken: stop.Token);
        Assert.Equal((true, stopAfter), (first.Interrupted, first.Steps));
        Assert.False(File.Exists(_folder.At("parts/summary.json")));
        var second = Pretrainer.Resume(_folder.At("parts"));
        Assert.Equal(whole.Loss, second.Loss); // bit for bit
        Assert.Equal(whole.ContrastiveTop1, second.ContrastiveTop1);
        Assert.Equal(File.ReadAllBytes(_folder.At("whole/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("parts/encoder.safetensors")));
        Assert.Equal(File.ReadAllBytes(_folder.At("whole/projection.safetensors")),
            File.ReadAllBytes(_folder.At("parts/projection.safetensors")));
        Assert.Equal(Steps("whole"), Steps("parts"));
    }

    [Fact]
    public void Workers_and_threads_of_augmentation_do_not_show_in_the_result()
    {
        var one = Pretrainer.Run(Tiny with
        {
            Compute = Tiny.Compute with { Workers = 1 },
            Schedule = Tiny.Schedule with { Epochs = 1 },
        }, "shapes:40", _folder.At("one"));
        var five = Pretrainer.Run(Tiny with
        {
            Compute = Tiny.Compute with { Workers = 5 },
            Schedule = Tiny.Schedule with { Epochs = 1 },
        }, "shapes:40", _folder.At("five"));
        Assert.Equal(one.Loss, five.Loss);
        Assert.Equal(File.ReadAllBytes(_folder.At("one/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("five/encoder.safetensors")));
    }

    [Theory]
    [InlineData(OptimizerKind.Lars, 2)]
    [InlineData(OptimizerKind.Sgd, 2)]
    [InlineData(OptimizerKind.Lars, 5)]
    public void Micro_batches_keep_a_run_exact(OptimizerKind optimizer, int views)
    {
        // 4 + 4 + 2 images, blocks computed again, in the precision that the machine trains in.
        var options = Tiny with
        {
            MicroBatch = 4,
            Model = Tiny.Model with { RecomputeBlocks = true },
            Views = Tiny.Views with { Views = views },
            Optimization = Tiny.Optimization with { Optimizer = optimizer },
            Schedule = Tiny.Schedule with { Epochs = 2, LearningRate = 0.1 },
        };
        var whole = Pretrainer.Run(options with
        {
            Compute = options.Compute with { Workers = 3 },
        }, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(options with { Compute = options.Compute with { Workers = 1 } }, "shapes:40", _folder.At("parts"),
            new Reports(r => { if (r.Step == 3) stop.Cancel(); }), cancellationToken: stop.Token);
        Assert.Equal(whole.Loss, Pretrainer.Resume(_folder.At("parts")).Loss);
        Assert.Equal(File.ReadAllBytes(_folder.At("whole/encoder.safetensors")),
            File.ReadAllBytes(_folder.At("parts/encoder.safetensors")));
        Assert.Equal(File.ReadAllBytes(_folder.At("whole/projection.safetensors")),
            File.ReadAllBytes(_folder.At("parts/projection.safetensors")));
    }

    [Fact]
    public void Figures_of_a_run_follow_its_number_of_views()
    {
        var options = Tiny with { Views = Tiny.Views with { Views = 4 }, Schedule = Tiny.Schedule with { Epochs = 1 } };
        var reports = new Reports();
        var summary = Pretrainer.Run(options, "shapes:40", _folder.At("run"), reports);
        Assert.Equal(Math.Log(4 * 10 - 1), summary.ChanceLoss!.Value, 12);
        Assert.Equal(1 / 37.0, summary.ChanceTop1!.Value, 12); // a partner and the 36 views of the nine other images
        Assert.Equal(4 * 10 * 4 / summary.Seconds, summary.ViewsPerSecond, 1e-6 * summary.ViewsPerSecond);
        Assert.Equal(4, RunFolder.Open(_folder.At("run")).ReadConfig().Options.Views.Views);
    }

    [Fact]
    public void Small_views_count_in_every_figure_and_are_learned_from()
    {
        var options = Tiny with
        {
            Views = Tiny.Views with { SmallViews = 3 },
            Schedule = Tiny.Schedule with { Epochs = 1, WarmupEpochs = 0 },
        };
        var summary = Pretrainer.Run(options, "shapes:40", _folder.At("small"));
        Assert.Equal(Math.Log(49), summary.ChanceLoss!.Value, 12); // five rows of each of ten images
        Assert.Equal(1 / 46.0, summary.ChanceTop1);
        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(Pretrainer.Run(options with { Views = options.Views with { SmallSize = 12 } },
                "shapes:40", _folder.At("other")).Run, "encoder.safetensors")),
            File.ReadAllBytes(_folder.At("small/encoder.safetensors")));
    }

    [Fact]
    public void A_complete_run_is_not_trained_again()
    {
        var summary = Pretrainer.Run(Tiny with { Schedule = Tiny.Schedule with { Epochs = 1 } }, "shapes:40", _folder.At("run"));
        var reports = new Reports();
        Assert.Equivalent(summary, Pretrainer.Resume(_folder.At("run"), reports));
        Assert.Empty(reports.All);
    }

    [Fact]
    public void A_second_run_in_the_same_folder_is_refused_and_nothing_is_lost()
    {
        Pretrainer.Run(Tiny with { Schedule = Tiny.Schedule with { Epochs = 1 } }, "shapes:40", _folder.At("run"));
        var before = File.ReadAllBytes(_folder.At("run/encoder.safetensors"));
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Run(Tiny with
        {
            Seed = 9,
        }, "shapes:40", _folder.At("run")));
        Assert.Contains("Pretrainer.Resume", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder.At("run/encoder.safetensors")));
    }

    [Fact]
    public void Data_that_does_not_fit_is_refused_before_anything_is_written()
    {
        Assert.Throws<DataException>(() => Pretrainer.Run(Tiny with { BatchSize = 41 }, "shapes:40", _folder.At("run")));
        Assert.Throws<DataException>(() => Pretrainer.Run(Tiny, _folder.At("absent"), _folder.At("run")));
        Assert.Throws<SettingsException>(() => Pretrainer.Run(Tiny with
        {
            Objective = Tiny.Objective with { Temperature = 0 },
        }, "shapes:40", _folder.At("run")));
        _folder.Write("one/picture.png", SimClr.Images.ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(0)));
        var error = Assert.Throws<DataException>(() => Pretrainer.Run(Tiny, _folder.At("one"), _folder.At("run")));
        Assert.Contains("needs at least two", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Fact]
    public void Images_that_changed_since_are_noticed_on_resume()
    {
        foreach (var i in Enumerable.Range(0, 12)) AddImage(i);
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(Tiny, _folder.At("images"), _folder.At("run"), new Reports(_ => stop.Cancel()),
            cancellationToken: stop.Token);
        AddImage(12);
        var error = Assert.Throws<RunFolderException>(() => Pretrainer.Resume(_folder.At("run")));
        Assert.Contains("12 then, 13 now", error.Message, StringComparison.Ordinal);

        void AddImage(int i) => _folder.Write($"images/{i:D2}.png",
            SimClr.Images.ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(i)));
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_with_a_word()
    {
        var whole = Pretrainer.Run(Tiny, "shapes:40", _folder.At("whole"));
        using var stop = new CancellationTokenSource();
        Pretrainer.Run(Tiny, "shapes:40", _folder.At("run"), new Reports(r => { if (r.Step == 9) stop.Cancel(); }),
            cancellationToken: stop.Token);
        var newest = Directory.GetFiles(_folder.At("run/checkpoints")).Order().Last();
        using (var stream = File.OpenWrite(newest)) stream.SetLength(stream.Length / 2);
        var words = new ListLogger();
        var resumed = Pretrainer.Resume(_folder.At("run"), logger: words);
        Assert.Contains(Path.GetFileName(newest), Assert.Single(words.Lines), StringComparison.Ordinal);
        Assert.Equal(whole.Loss, resumed.Loss);
        Assert.Equal(Steps("whole"), Steps("run"));
    }

    [Fact]
    public void A_diverging_run_stops_with_a_word_and_leaves_nothing_half_written()
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Pretrainer.Run(
            Tiny with
            {
                Optimization = Tiny.Optimization with { Optimizer = OptimizerKind.Sgd },
                Schedule = Tiny.Schedule with
                {
                    LearningRate = 1e30,
                    LearningRateScaling = LearningRateScaling.None,
                    WarmupEpochs = 0,
                },
                Model = Tiny.Model with { Head = ProjectionHeadKind.Identity },
            },
            "shapes:40", _folder.At("run")));
        Assert.Contains("LearningRate", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run"))); // it had no checkpoint, so the command can be given again
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        var batches = new ViewBatches(Shapes.Open(40, 8).Train, Tiny.Views.CreatePolicies(Tiny.Model).First, new ViewBatchOptions
        {
            BatchSize = 10,
        });
        using var state = new TrainingState(Tiny, torch.CPU);
        var step = new TrainingStep(state, new NtXent(), torch.ScalarType.Float32, microBatch: 0, batches.Dataset);
        var counts = new List<long>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var batch in batches.Epoch(epoch))
            {
                using (torch.NewDisposeScope()) step.Take(batch, 0.1);
                counts.Add(torch.Tensor.TotalCount);
            }
        }
        Assert.Single(counts.Skip(1).Distinct()); // gradients appear with the first step and stay
    }

    [Fact]
    public void A_lost_last_line_of_the_metrics_is_left_out()
    {
        var path = _folder.Write("metrics.jsonl", "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n{\"ste"u8);
        using (new MetricsLog(path, lastStep: 2))
        {
        }
        Assert.Equal([1, 2], MetricsLog.Read(path).Select(l => (int)l["step"]!));
    }

    private List<(int Step, double Rate)> Steps(string run) =>
        [.. MetricsLog.Read(_folder.At($"{run}/metrics.jsonl")).Select(l => ((int)l["step"]!, (double)l["lr"]!))];

    /// <summary>Keeps what is reported, on the reporting thread.</summary>
    private sealed class Reports(Action<TrainingMetrics>? then = null) : IProgress<TrainingMetrics>
    {
        public List<TrainingMetrics> All { get; } = [];

        public void Report(TrainingMetrics value)
        {
            All.Add(value);
            then?.Invoke(value);
        }
    }
}
