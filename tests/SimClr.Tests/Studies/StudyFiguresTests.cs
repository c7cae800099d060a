using SimClr.Images;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Studies;

/// <summary>What is made of the figures of a study's runs.</summary>
public sealed class StudyFiguresTests
{
    public static TheoryData<string> Names => [.. PaperStudies.All.Select(study => study.Name)];

    [Fact]
    public void A_spread_has_mean_and_deviation_with_one_degree_of_freedom_less()
    {
        Assert.Null(Spread.Of([]));
        Assert.Equal(new Spread(3, null, 1), Spread.Of([3]));
        var spread = Spread.Of([1.0, 2, 3, 6])!;
        Assert.Equal(3, spread.Mean, 1e-12);
        Assert.Equal(Math.Sqrt((4.0 + 1 + 0 + 9) / 3), spread.Deviation!.Value, 1e-12);
    }

    [Fact]
    public void The_order_of_cells_is_compared_with_the_papers_pair_by_pair()
    {
        // The paper's order of Table 4 is that of the cells; here the last two are exchanged.
        var study = PaperStudies.Find("loss");
        double[] here = [0.1, 0.2, 0.3, 0.5, 0.4];
        var result = Made(study, (cell, _) => here[study.Cells.ToList().IndexOf(cell)]);
        Assert.Equal(new PaperOrder(9, 10), PaperOrder.Of(result));
        Assert.Contains("9 of 10", string.Join(' ', StudyTable.Notes(result)));
    }

    [Fact]
    public void The_table_has_the_papers_figures_beside_ours()
    {
        var table = StudyTable.Of(Made(PaperStudies.Find("temperature"), (_, seed) => seed == 1 ? 0.5 : 0.52));
        var row = table.Rows[1]; // τ = 0.1
        Assert.Equal("0.1", row[table.Headings.ToList().IndexOf("temperature τ")]);
        Assert.Equal("51.0 ± 1.4", row[table.Headings.ToList().IndexOf("linear top-1")]);
        Assert.Equal(["64.4", "87.8", "4.5"], table.Headings.Zip(row).Where(p => p.First == "paper's").Select(p => p.Second));
    }

    [Fact]
    public void A_change_is_shown_with_its_effect_and_its_minutes()
    {
        var study = PaperStudies.Find("recipe");
        var table = StudyTable.Of(Made(study, (cell, seed) => cell.Key == "rate-5x" ? 0.58 : 0.55));
        string Text(string row, string heading) =>
            table.Rows.Single(cells => cells[0] == row)[table.Headings.ToList().IndexOf(heading)];
        Assert.Equal(("+3.0", "0.0"), (Text("rate ×5", "effect, linear"), Text("none", "effect, linear")));
        Assert.Matches(@"^\d+\.\d$", Text("rate ×5", "minutes"));
        Assert.DoesNotContain("of the SimCLR paper", study.Reference, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_plot_is_an_image_with_something_on_it(string name)
    {
        var study = PaperStudies.Find(name);
        var result = Made(study, (cell, seed) => 0.3 + 0.003 * study.Cells.ToList().IndexOf(cell) + 0.01 * seed);
        using var folder = new TemporaryFolder();
        StudyPlot.Write(folder.At("plot.png"), result);
        AssertDrawn(folder.At("plot.png"));
        // With a single finished run too.
        StudyPlot.Write(folder.At("one.png"), result with
        {
            Cells = [result.Cells[^1] with { Runs = [result.Cells[^1].Runs[0]] }],
        });
        AssertDrawn(folder.At("one.png"));
        StudyPlot.Write(folder.At("none.png"), result with { Cells = [] });
        Assert.Equal(["one.png", "plot.png"], Directory.GetFiles(folder.FullPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_heat_map_shows_a_pair_in_the_other_order_only_where_this_one_is_not_run()
    {
        var study = PaperStudies.Find("composition");
        var result = Made(study, (cell, _) => cell.Key switch { "crop-sobel" => 0.3, "sobel-blur" => 0.2, _ => 0.1 });
        var values = HeatMapPlot.Values(result, ["Crop", "Sobel", "Blur"], ["Crop", "Sobel", "Blur"]);
        // In percent; means of two equal values, so that only rounding of the factor 100 remains.
        Assert.Equal(30, values[0, 1], 1e-9);
        Assert.Equal(30, values[1, 0], 1e-9); // only "crop, then Sobel" is run
        Assert.Equal(20, values[1, 2], 1e-9);
        Assert.Equal(10, values[2, 1], 1e-9);
    }

    [Fact]
    public void A_label_of_several_lines_stays_one_field_of_the_table()
    {
        var study = PaperStudies.Find("loss");
        var result = Made(study, (_, _) => 0.5);
        var broken = result with { Cells = [result.Cells[0] with { Cell = result.Cells[0].Cell with { Row = "one\ntwo" } }] };
        Assert.Contains(",\"one\ntwo\",", StudyFiles.Csv(broken), StringComparison.Ordinal);
    }

    private static StudyResult Made(Study study, Func<StudyCell, int, double> top1)
    {
        var cells = study.Cells.Select((cell, i) => new CellResult(cell, study.Compose(new(), cell, 1),
            [.. Enumerable.Range(1, 2).Select(seed => Run(seed, top1(cell, seed), 1000 * (i + 1)))], []));
        return new StudyResult(
            study, "out", "pictures", "some images", [.. cells], new(0.2, 0.3), 2 * study.Cells.Count, false);
    }

    private static CellRun Run(int seed, double top1, long parameters) =>
        new((ulong)seed, "run", 2, 10, 1.5, 3, 0.5, 2.5, top1, 0.9, 0.4, null, parameters);

    private static void AssertDrawn(string path)
    {
        var image = ImageCodec.Decode(File.ReadAllBytes(path));
        Assert.True(image is { Width: >= 300, Height: >= 200 }, $"{image.Width}x{image.Height}");
        var colors = new HashSet<(byte, byte, byte)>();
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3) colors.Add((pixels[i], pixels[i + 1], pixels[i + 2]));
        Assert.True(colors.Count > 3, $"{colors.Count} colors"); // more than paper, ink and a frame
    }
}
