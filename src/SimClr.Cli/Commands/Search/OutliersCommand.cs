using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Files;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr outliers DATA|INDEX</c>.</summary>
internal static class OutliersCommand
{
    private const int NearestShown = 5;

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["DATA --run RUN [options]", "INDEX [options]"],
            Examples = ["~/pictures --run runs/mine --top 50 --page odd.html", "pictures.index --out odd.csv"],
            Notes =
            [
                "Listed are the images whose vectors have the lowest mean cosine with their k nearest others. With a small k, "
                + "images that are alone; with a larger one, small groups too.",
            ],
        };
        var source = ComparedImages.Options.AddTo(command);
        var k = command.Take(new ValueOption<int>(
            "--k", "N", "with how many nearest others an image is compared", 10, ValueReader.AtLeast(1)));
        var top = command.Take(new ValueOption<int>("--top", "N", "how many to list", 20, ValueReader.AtLeast(1)));
        var destination = command.Take(new ValueOption<string?>("--out", "FILE", "the list as .csv or .json"));
        var sheet = command.Take(new ValueOption<string?>(
            "--sheet", "FILE.png", "draw them, each in a row with those nearest to it"));
        var page = command.Take(new ValueOption<string?>("--page", "FILE.html", "the same as a page"));
        return command.Does((session, parsed) =>
        {
            var (neighbors, count) = (parsed.GetValue(k), parsed.GetValue(top));
            if (parsed.GetValue(destination) is { } wanted) FoundFile.RequireKnown(wanted);
            using var found = Output.Begin(parsed.GetValue(destination));
            using var drawing = Output.Begin(parsed.GetValue(sheet), makesFolder: true);
            using var document = Output.Begin(parsed.GetValue(page));
            var images = ComparedImages.Open(session, parsed, source);
            var outliers = StageProgress.Run(session, stage =>
                OutlierSearch.Find(images.Index, neighbors, count, images.Comparing(session, stage), session.Cancellation));
            Show(session, images, outliers);
            if (found is not null)
            {
                FoundFile.WriteOutliers(found, images.Index, outliers);
                session.Results.WriteLine($"Written: {found.Path}");
            }
            if (drawing is not null && outliers.Count > 0)
            {
                var rows = outliers.Select(outlier => (IReadOnlyList<RgbImage>)
                    [images.OnSheet(outlier.Image), .. outlier.Nearest.Take(NearestShown)
                        .Select(near => images.OnSheet(near.Second))]);
                drawing.Complete(ImageCodec.EncodePng(ImageGrid.Compose([.. rows], SheetCell.Side, gap: 4,
                    ["outlier", "nearest"])));
                session.Results.WriteLine($"Drawn: {drawing.Path}");
            }
            if (document is not null) WritePage(session, images, outliers, document);
            session.WriteJson(Json(images, neighbors, outliers).ToJsonString());
            return ExitCode.Done;
        });
    }

    private static void Show(Session session, ComparedImages images, IReadOnlyList<Outlier> outliers)
    {
        if (outliers.Count == 0)
        {
            session.Results.WriteLine("There are no two images to compare.");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("similarity").RightAligned())
            .AddColumn("image");
        foreach (var outlier in outliers)
            table.AddRow(new Text(DuplicateLines.Cosine(outlier.Similarity)), new Text(images.Name(outlier.Image)));
        session.Results.WriteLine($"Least like any other, of {Numbers.Count(images.Index.Images.Count)} images:");
        session.Results.Write(table);
    }

    private static void WritePage(Session session, ComparedImages images, IReadOnlyList<Outlier> outliers, AtomicFile file)
    {
        ImagePage.Write(file, "Outliers",
            $"Of {Numbers.Count(images.Index.Images.Count)} images those that resemble the others least, each before those "
                + "nearest to it.",
            [.. outliers.Select((outlier, i) => new PageSection(
                $"{i + 1}: mean similarity {DuplicateLines.Cosine(outlier.Similarity)}",
                [images.OnPage(outlier.Image, "outlier"), .. outlier.Nearest.Take(NearestShown)
                    .Select(near => images.OnPage(near.Second, DuplicateLines.Cosine(near.Similarity)))]))]);
        session.Results.WriteLine($"Written: {file.Path}");
    }

    private static JsonObject Json(ComparedImages images, int k, IReadOnlyList<Outlier> outliers) => new()
    {
        ["count"] = images.Index.Images.Count,
        ["k"] = k,
        ["outliers"] = new JsonArray([.. outliers.Select(outlier => new JsonObject
        {
            ["picture"] = images.Name(outlier.Image),
            ["class"] = images.Index.Images[outlier.Image].ClassName,
            ["similarity"] = outlier.Similarity,
            ["nearest"] = new JsonArray([.. outlier.Nearest.Select(near => new JsonObject
            {
                ["picture"] = images.Name(near.Second), ["similarity"] = near.Similarity,
            })]),
        })]),
    };
}
