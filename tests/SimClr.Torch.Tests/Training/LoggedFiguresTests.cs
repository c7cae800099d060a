using System.Text.Json.Nodes;
using SimClr.Losses;
using SimClr.Optimization;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

/// <summary>What a run tells of itself while it trains.</summary>
public sealed class LoggedFiguresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Forty steps an epoch, of which every second is logged.
    private static readonly PretrainingOptions Tiny = new()
    {
        Model = new() { Width = 0.25, ImageSize = 8 },
        Schedule = new()
        {
            Epochs = 1,
            WarmupEpochs = 0.1,
            LearningRate = 1e-3,
            LearningRateScaling = LearningRateScaling.None,
        },
        BatchSize = 10,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        Optimization = new() { Optimizer = OptimizerKind.AdamW },
        Seed = 5,
    };

    private const string Data = "shapes:400";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_line_has_every_figure_and_the_summary_the_last()
    {
        var reports = new List<TrainingMetrics>();
        var summary = Pretrainer.Run(Tiny, Data, _folder.At("run"), new Progress(reports.Add));
        var lines = MetricsLog.Read(_folder.At("run/metrics.jsonl")).ToList();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => 2 * i), lines.Select(line => (int)line["step"]!));
        var chance = Math.Log(19);
        foreach (var (line, report) in lines.Zip(reports))
        {
            In(line, "entropy", 0, chance, report.Entropy);
            In(line, "alignment", 0, 4, report.Alignment);
            In(line, "uniformity", -8, 0, report.Uniformity);
            In(line, "effective_rank_h", 1, 10, report.EffectiveRankH); // no more than the ten images of the batch
            In(line, "effective_rank_z", 1, 10, report.EffectiveRankZ);
            In(line, "gradient_norm", 1e-6, 1e6, report.GradientNorm);
            Assert.Equal(1 / 19.0, report.ChanceTop1, 1e-15);
        }
        var last = lines[^1];
        Assert.Equal((double)last["entropy"]!, summary.Last.Entropy);
        Assert.Equal((double)last["alignment"]!, summary.Last.Alignment);
        Assert.Equal((double)last["uniformity"]!, summary.Last.Uniformity);
        Assert.Equal((double)last["effective_rank_h"]!, summary.Last.EffectiveRankH);
        Assert.Equal((double)last["effective_rank_z"]!, summary.Last.EffectiveRankZ);
        Assert.Equal((double)last["gradient_norm"]!, summary.Last.GradientNorm);
        Assert.Equal(1 / 19.0, summary.ChanceTop1!.Value, 1e-15);
        Assert.Empty(summary.Warnings);

        static void In(JsonObject line, string name, double low, double high, double? reported)
        {
            Assert.InRange((double)line[name]!, low, high);
            Assert.Equal(reported, (double)line[name]!); // reported with the digits that are written
        }
    }

    [Fact]
    public void A_resumed_run_writes_the_same_lines_and_warnings()
    {
        // At this temperature the loss does not see the similarities.
        var options = Tiny with
        {
            Objective = Tiny.Objective with { Temperature = 1000 },
            Schedule = Tiny.Schedule with { Epochs = 2 },
        };
        ListLogger wholeWords = new(), words = new();
        var whole = Pretrainer.Run(options, Data, _folder.At("whole"), logger: wholeWords);
        using var stop = new CancellationTokenSource();
        var first = Pretrainer.Run(options, Data, _folder.At("parts"),
            new Progress(report => { if (report.Step == 20) stop.Cancel(); }),
            words, cancellationToken: stop.Token);
        Assert.True(first.Interrupted);
        var second = Pretrainer.Resume(_folder.At("parts"), logger: words);
        Assert.Equal(Lines("whole/metrics.jsonl"), Lines("parts/metrics.jsonl"));
        var warning = Assert.Single(whole.Warnings);
        Assert.Equal("not_learning", warning.Kind);
        Assert.InRange(warning.Step, 21, 80);
        Assert.Equal([warning.Message], wholeWords.Lines);
        Assert.Equal([warning.Message], words.Lines);
        Assert.Equal(whole.Warnings, second.Warnings);
        Assert.Equal(whole.Warnings, RunFolder.Open(_folder.At("parts")).ReadSummary()!.Warnings);
        Assert.Equal(whole.Last.EffectiveRankZ, second.Last.EffectiveRankZ);
    }

    [Fact]
    public void A_run_stopped_between_two_logged_steps_loses_nothing_of_its_means()
    {
        using var scope = NewDisposeScope();
        using var state = new TrainingState(Tiny, CPU);
        var store = new CheckpointStore(_folder.At("checkpoints"));
        using (var log = new MetricsLog(_folder.At("whole.jsonl"), 0))
        {
            var reporter = Reporter(state, log);
            for (var step = 1; step <= 4; step++)
            {
                Take(state, reporter, step);
                if (step == 3) state.Save(store, "data");
            }
        }
        File.Copy(_folder.At("whole.jsonl"), _folder.At("parts.jsonl"));
        using var later = new TrainingState(Tiny, CPU);
        using (var checkpoint = store.LoadLatest()) later.Restore(checkpoint!);
        using (var log = new MetricsLog(_folder.At("parts.jsonl"), later.Step)) Take(later, Reporter(later, log), 4);
        var lines = MetricsLog.Read(_folder.At("parts.jsonl")).ToList();
        Assert.Equal([1.5, 3.5], lines.Select(line => (double)line["loss"]!)); // of 1 and 2, and of 3 and 4
        Assert.Equal([15, 35], lines.Select(line => (double)line["entropy"]!));
        Assert.Equal(Lines("whole.jsonl"), Lines("parts.jsonl"));

        static RunMonitor Reporter(TrainingState of, MetricsLog log) =>
            new(Tiny, stepsPerEpoch: 40, of, new NonFiniteGuard(Tiny, of, logger: null), log,
                new TrainingClock(of.Seconds, of.Step),
                new(Tiny, measure: null, lastFound: null));

        static void Take(TrainingState of, RunMonitor reporter, int step)
        {
            of.Optimizer.Step(0);
            of.StepInEpoch++;
            var (loss, found, entropy) = (tensor((float)step), tensor(0.5f), tensor(10f * step));
            reporter.AfterStep(0.1, new StepResult(loss, found, entropy, eye(20, 4), eye(20, 3)));
        }
    }

    [Fact]
    public void At_most_256_images_are_looked_at_and_rows_are_partners_across_the_halves()
    {
        using var scope = NewDisposeScope();
        var h = cat([eye(300, 400), zeros(300, 400)]); // [600, 400]
        var u = nn.functional.normalize(eye(300, 280) + 0.1);
        var geometry = BatchGeometry.Of(h, cat([u, -u]), views: 2); // opposite partners
        Assert.Equal(256, geometry.EffectiveRankH, 1e-3);
        Assert.Equal(4, geometry.Alignment, 1e-6);
        Assert.Equal(EmbeddingGeometry.Uniformity(u[..256]), geometry.Uniformity);
        Assert.Equal(EmbeddingGeometry.EffectiveRank(u[..256]), geometry.EffectiveRankZ);
    }

    [Fact]
    public void Figures_that_are_not_numbers_are_null_in_the_log()
    {
        var progress = new TrainingMetrics
        {
            Step = 1,
            Epoch = 1,
            Loss = 0.5,
            ContrastiveTop1 = 0.5,
            LearningRate = 0.1,
            ViewsPerSecond = 100
        };
        using (var log = new MetricsLog(_folder.At("metrics.jsonl"), 0))
            log.Append(progress with { Entropy = double.PositiveInfinity, Alignment = 1.25 });
        var line = Assert.Single(File.ReadAllLines(_folder.At("metrics.jsonl")));
        Assert.Contains("\"chance_loss\":null,", line, StringComparison.Ordinal);
        Assert.Contains("\"entropy\":null,\"alignment\":1.25,\"uniformity\":null", line, StringComparison.Ordinal);
        var point = TrainingMetrics.Parse(line)!;
        Assert.Equal((null, 1.25), (point.ChanceLoss, point.Alignment));
    }

    [Fact]
    public void A_summary_of_an_earlier_version_can_be_read()
    {
        var old = PretrainingSummary.FromJson("""
            {"run":"r","epochs":10,"steps":390,"loss":2.1,"chance_loss":6.236,"contrastive_top1":0.78,
             "views_per_second":140.5,"seconds":143,"peak_memory_bytes":1000000,"interrupted":false}
            """);
        Assert.Equal((6.236, null, null), (old.ChanceLoss, old.ChanceTop1, old.Last.EffectiveRankZ));
        Assert.Empty(old.Warnings);
    }

    // Without speeds, which are not the same twice.
    private List<string> Lines(string file) =>
    [
        .. MetricsLog.Read(_folder.At(file)).Select(line =>
        {
            Assert.True(line.Remove("views_per_second") && line.Remove("wait_ms"));
            return line.ToJsonString();
        }),
    ];

    /// <summary>Tells at once, on the reporting thread.</summary>
    private sealed class Progress(Action<TrainingMetrics> tell) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => tell(value);
    }
}
