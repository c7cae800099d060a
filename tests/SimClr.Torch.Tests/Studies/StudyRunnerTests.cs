using System.Globalization;
using SimClr.Data;
using SimClr.Runs;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Studies;

/// <summary>A grid of runs: what is finished stays, what was interrupted goes on, what does not fit is refused.</summary>
public sealed class StudyRunnerTests
{
    [Fact]
    public void Results_are_those_of_the_run_folders()
    {
        using var folder = new TemporaryFolder();
        var result = TinyStudy.Run(folder.At("study"));
        Assert.False(result.Interrupted);
        Assert.Equal((4, 4), (result.Finished, result.Wanted));
        Assert.NotNull(result.Baselines);

        var lines = File.ReadAllLines(folder.At("study/results.csv"));
        var names = lines[0].Split(',').ToList();
        var rows = lines[1..].Select(line => line.Split(',')).ToList();
        Assert.Equal(["warm", "warm", "cold", "cold"], rows.Select(row => row[0]));
        foreach (var row in rows)
        {
            var (cell, seed) = (row[0], row[names.IndexOf("seed")]);
            var run = folder.At($"study/cells/{cell}-s{seed}");
            var summary = TinyStudy.Json(Path.Combine(run, "summary.json"));
            var linear = TinyStudy.Json(Path.Combine(run, "evaluation-linear.json"));
            var knn = TinyStudy.Json(Path.Combine(run, "evaluation-knn.json"));
            Assert.Equal(cell == "warm" ? "0.5" : "0.1", row[names.IndexOf("column")]);
            Assert.Equal("2", row[names.IndexOf("epochs")]);
            Assert.Equal(summary["loss"]!.GetValue<double>(), Number("loss"));
            Assert.Equal(summary["contrastive_top1"]!.GetValue<double>(), Number("contrastive_top1"));
            Assert.Equal(linear["top1"]!.GetValue<double>(), Number("linear_top1"));
            Assert.Equal(linear["top5"]!.GetValue<double>(), Number("linear_top5"));
            Assert.Equal(knn["top1"]!.GetValue<double>(), Number("knn_top1"));
            Assert.Equal(cell == "warm" ? 0.6 : 0.5, Number("paper_top1"));
            Assert.Equal(ulong.Parse(seed, CultureInfo.InvariantCulture), RunFolder.Open(run).ReadConfig().Options.Seed);

            double Number(string name) => double.Parse(row[names.IndexOf(name)], CultureInfo.InvariantCulture);
        }

        var cells = TinyStudy.Json(folder.At("study/summary.json"))["cells"]!.AsArray();
        foreach (var cell in cells)
        {
            var values = rows.Where(row => row[0] == cell!["cell"]!.GetValue<string>())
                .Select(row => double.Parse(row[names.IndexOf("linear_top1")], CultureInfo.InvariantCulture)).ToArray();
            var mean = (values[0] + values[1]) / 2;
            Assert.Equal(2, cell!["n"]!.GetValue<int>());
            Assert.Equal(mean, cell["linear_mean"]!.GetValue<double>(), 1e-12);
            // With n − 1, the deviation of two values is their difference over √2.
            Assert.Equal(Math.Abs(values[0] - values[1]) / Math.Sqrt(2), cell["linear_std"]!.GetValue<double>(), 1e-12);
        }
        Assert.True(new FileInfo(folder.At("study/tiny.png")).Length > 0);
        Assert.Contains("ImageNet", File.ReadAllText(folder.At("study/report.md")));
        var page = File.ReadAllText(folder.At("study/report.html"));
        Assert.Contains(Convert.ToBase64String(File.ReadAllBytes(folder.At("study/tiny.png"))), page);
        Assert.All(["ImageNet", "shapes", "temperature τ", "paper&#39;s", "60.0"], words => Assert.Contains(words, page));
        Assert.DoesNotMatch(@"<script|<link|@import|url\(", page);
        var record = TinyStudy.Json(folder.At("study/study.json"));
        Assert.Equal(("tiny", "shapes:40"), (record["study"]!.GetValue<string>(), record["data"]!.GetValue<string>()));
        Assert.Equal(2, record["settings"]!["epochs"]!.GetValue<int>());
        Assert.False(record["settings"]!.AsObject().ContainsKey("seed"));
    }

    [Fact]
    public void A_subset_is_extended_by_cells_and_seeds_and_what_is_finished_stays()
    {
        using var folder = new TemporaryFolder();
        var study = folder.At("study");
        var first = TinyStudy.Run(study, new() { Only = ["cold"] });
        Assert.Equal((1, 1), (first.Finished, first.Wanted));
        var before = TinyStudy.Files(folder.At("study/cells"));

        var all = TinyStudy.Run(study);
        Assert.Equal((4, 4), (all.Finished, all.Wanted));
        Assert.All(before, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));

        // Asking for less again loses nothing.
        var less = TinyStudy.Run(study, new() { Only = ["warm"], Seeds = [2] });
        Assert.Equal(4, less.Finished);
        Assert.Equal(5, File.ReadAllLines(folder.At("study/results.csv")).Length);
        Assert.Equal([1UL, 2UL], all.Cells[0].Runs.Select(run => run.Seed));
        Assert.Equal(["warm", "cold"], all.Cells.Select(cell => cell.Cell.Key));
    }

    [Fact]
    public void An_interrupted_cell_goes_on_and_comes_out_the_same()
    {
        using var folder = new TemporaryFolder();
        var whole = TinyStudy.Run(folder.At("whole"));
        using var stop = new CancellationTokenSource();
        // Six reports in: in the second epoch of the first run.
        var stopped = TinyStudy.Run(folder.At("parts"), progress: new After(6, stop.Cancel), cancellationToken: stop.Token);
        Assert.True(stopped.Interrupted);
        Assert.Equal(0, stopped.Finished);
        Assert.True(Directory.EnumerateFiles(folder.At("parts/cells/warm-s1/checkpoints")).Any());
        Assert.False(File.Exists(folder.At("parts/cells/warm-s1/summary.json")));

        var parts = TinyStudy.Run(folder.At("parts"));
        Assert.False(parts.Interrupted);
        foreach (var (one, other) in whole.Cells.Zip(parts.Cells))
            foreach (var (a, b) in one.Runs.Zip(other.Runs))
                Assert.Equal((a.Seed, a.Steps, a.Loss, a.ContrastiveTop1, a.LinearTop1, a.LinearTop5, a.KnnTop1),
                    (b.Seed, b.Steps, b.Loss, b.ContrastiveTop1, b.LinearTop1, b.LinearTop5, b.KnnTop1));
    }

    [Fact]
    public void A_run_that_is_trained_but_not_judged_is_only_judged()
    {
        using var folder = new TemporaryFolder();
        var options = new StudyOptions { Only = ["warm"] };
        var before = TinyStudy.Run(folder.At("study"), options);
        var encoder = folder.At("study/cells/warm-s1/encoder.safetensors");
        var time = File.GetLastWriteTimeUtc(encoder);
        File.Delete(folder.At("study/cells/warm-s1/evaluation-knn.json"));
        var after = TinyStudy.Run(folder.At("study"), options);
        Assert.Equal(time, File.GetLastWriteTimeUtc(encoder));
        Assert.Equal(before.Cells[0].Runs[0], after.Cells[0].Runs[0]);
    }

    [Fact]
    public void Other_settings_data_or_studies_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var study = folder.At("study");
        var one = new StudyOptions { Only = ["warm"] };
        TinyStudy.Run(study, one);
        Refused("epochs 2, not 3", () => TinyStudy.Run(study, one with { Overrides = new() { ["epochs"] = 3 } }));
        Refused("shapes:40", () => StudyRunner.Run(TinyStudy.Study, "shapes:60", study, one));
        var other = TinyStudy.Study with { Name = "other" };
        Refused("holds the study tiny", () => StudyRunner.Run(other, TinyStudy.Data, study, one));

        // Settings of the machine may change.
        Assert.Equal(1, TinyStudy.Run(study, one with { Overrides = new() { ["workers"] = 2 } }).Finished);

        var config = folder.At("study/cells/warm-s1/config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"temperature\": 0.5", "\"temperature\": 0.7"));
        Refused("temperature 0.7, not 0.5", () => TinyStudy.Run(study, one));

        folder.Write("else/file.txt", "words"u8);
        Refused("not empty", () => TinyStudy.Run(folder.At("else"), one));

        static void Refused(string words, Action run) => Assert.Contains(words, Assert.Throws<StudyException>(run).Message);
    }

    [Fact]
    public void Damaged_files_are_named_with_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var (study, one) = (folder.At("study"), new StudyOptions { Only = ["warm"] });
        TinyStudy.Run(study, one);
        Refused("cells/warm-s1/evaluation-knn.json", "{\"top1\": \"high\"}",
            "'top1' is missing or has the wrong type; remove it");
        Refused("cells/warm-s1/evaluation-linear.json", "{\"top1\": 0.5", "remove it to have it made again");
        Refused("study.json", "{\"study\": \"tiny\", \"study\": \"tiny\"}", "restore it, or give another outFolder");
        Assert.Equal(1, TinyStudy.Run(study, one).Finished);

        void Refused(string name, string content, string words)
        {
            var path = Path.Combine(study, name);
            var before = File.ReadAllBytes(path);
            File.WriteAllText(path, content);
            var message = Assert.Throws<StudyException>(() => TinyStudy.Run(study, one)).Message;
            Assert.StartsWith($"{path} is damaged: ", message);
            Assert.Contains(words, message);
            File.WriteAllBytes(path, before);
        }
    }

    [Fact]
    public void Images_without_classes_are_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        var pixels = SimClr.Images.ImageCodec.EncodePng(new SimClr.Images.RgbImage(8, 8));
        foreach (var name in (string[])["a", "b", "c"]) folder.Write($"images/{name}.png", pixels);
        var error = Assert.Throws<DataException>(
            () => StudyRunner.Run(TinyStudy.Study, folder.At("images"), folder.At("study")));
        Assert.Contains("no classes", error.Message);
        Assert.False(Directory.Exists(folder.At("study")));
    }

    [Fact]
    public void A_run_that_diverges_is_told_and_the_others_go_on()
    {
        using var folder = new TemporaryFolder();
        var study = TinyStudy.Study with
        {
            Cells =
            [
                // Without normalization at an absurd rate z overflows float32 within a few steps.
                new StudyCell("wild", "", "wild", new()
                {
                    ["learning_rate"] = 1e30, ["optimizer"] = "sgd", ["normalize_projections"] = false,
                }),
                TinyStudy.Study.Cells[0],
            ],
        };
        var warnings = new ListLogger();
        var options = new StudyOptions();
        var result = StudyRunner.Run(study, TinyStudy.Data, folder.At("study"), options, logger: warnings);
        Assert.Contains(warnings.Lines, warning => warning.Contains("not a number"));
        Assert.Equal(2, result.Finished);
        Assert.Equal([1UL], result.Cells[0].Diverged);
        Assert.Null(result.Cells[0].Linear);
        Assert.Single(result.Cells[1].Runs);
        Assert.StartsWith("wild,,,wild,1,,,,NaN", File.ReadAllLines(folder.At("study/results.csv"))[1]);
        // It is not tried again.
        var before = TinyStudy.Files(folder.At("study/cells"));
        Assert.Equal([1UL], StudyRunner.Run(study, TinyStudy.Data, folder.At("study"), options).Cells[0].Diverged);
        Assert.Equal(before, TinyStudy.Files(folder.At("study/cells")));
    }

    [Fact]
    public void Projections_are_judged_where_the_study_asks_for_it()
    {
        using var folder = new TemporaryFolder();
        var study = TinyStudy.Study with
        {
            JudgesProjections = true,
            Cells = [new StudyCell("one", "", "one", [])],
        };
        var run = StudyRunner.Run(study, TinyStudy.Data, folder.At("study")).Cells[0].Runs[0];
        var judged = TinyStudy.Json(Path.Combine(run.Folder, "evaluation-linear-layer2.json"));
        Assert.Equal(judged["top1"]!.GetValue<double>(), run.ProjectionTop1);
    }

    [Fact]
    public void Supervised_cells_stand_beside_the_others_and_stay_when_finished()
    {
        using var folder = new TemporaryFolder();
        var study = TinyStudy.Study with
        {
            Cells = [TinyStudy.Study.Cells[0], new StudyCell("labels", "", "labels", []) { Kind = CellKind.Supervised }],
        };
        var options = new StudyOptions { Overrides = new() { ["optimizer"] = "sgd", ["learning_rate"] = 0.1 } };
        var result = StudyRunner.Run(study, TinyStudy.Data, folder.At("study"), options);
        var run = result.Cells[1].Runs[0];
        Assert.InRange(run.LinearTop1, 0, 1);
        Assert.Equal(result.Cells[0].Runs[0].Parameters, run.Parameters);
        Assert.Equal(((double?)null, (double?)null, 2), (run.KnnTop1, run.ContrastiveTop1, run.Epochs));
        var before = TinyStudy.Files(folder.At("study/cells"));
        Assert.Equal(run, StudyRunner.Run(study, TinyStudy.Data, folder.At("study"), options).Cells[1].Runs[0]);
        Assert.Equal(before, TinyStudy.Files(folder.At("study/cells")));
    }

    private sealed class After(int reports, Action act) : IProgress<TrainingMetrics>
    {
        private int _seen;

        public void Report(TrainingMetrics value)
        {
            if (++_seen == reports) act();
        }
    }
}
