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
                "Listed are the pictures whose vectors have the lowest mean cosine with their k nearest others. With a small k, "
                + "pictures that are alone; with a larger one, small groups too.",
            ],
        };
        var source = ComparedPictures.Options.AddTo(command);
        var k = command.Take(new ValueOption<int>(
            "--k", "N", "with how many nearest others a picture is compared", 10, ValueReader.AtLeast(1)));
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
            var pictures = ComparedPictures.Open(session, parsed, source);
            var outliers = StageProgress.Run(session, stage =>
                OutlierSearch.Find(pictures.Index, neighbors, count, pictures.Comparing(session, stage), session.Cancellation));
            Show(session, pictures, outliers);
            if (found is not null)
            {
                FoundFile.WriteOutliers(found, pictures.Index, outliers);
                session.Results.WriteLine($"Written: {found.Path}");
            }
            if (drawing is not null && outliers.Count > 0)
            {
                var rows = outliers.Select(outlier => (IReadOnlyList<RgbImage>)
                    [pictures.OnSheet(outlier.Picture), .. outlier.Nearest.Take(NearestShown).Select(near => pictures.OnSheet(near.Second))]);
                drawing.Complete(ImageCodec.EncodePng(ImageGrid.Compose([.. rows], SheetCell.Side, gap: 4, ["outlier", "nearest"])));
                session.Results.WriteLine($"Drawn: {drawing.Path}");
            }
            if (document is not null) WritePage(session, pictures, outliers, document);
            session.WriteJson(Json(pictures, neighbors, outliers).ToJsonString());
            return ExitCode.Done;
        });
    }

    private static void Show(Session session, ComparedPictures pictures, IReadOnlyList<Outlier> outliers)
    {
        if (outliers.Count == 0)
        {
            session.Results.WriteLine("There are no two pictures to compare.");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("similarity").RightAligned()).AddColumn("picture");
        foreach (var outlier in outliers)
            table.AddRow(new Text(DuplicateLines.Cosine(outlier.Similarity)), new Text(pictures.Name(outlier.Picture)));
        session.Results.WriteLine($"Least like any other, of {Numbers.Count(pictures.Index.Pictures.Count)} pictures:");
        session.Results.Write(table);
    }

    private static void WritePage(Session session, ComparedPictures pictures, IReadOnlyList<Outlier> outliers, AtomicFile file)
    {
        PagePicture Picture(int picture, string caption) => new(pictures.Name(picture), caption, () => pictures.Load(picture));
        PicturePage.Write(file, "Outliers",
            $"Of {Numbers.Count(pictures.Index.Pictures.Count)} pictures those that resemble the others least, each before those nearest to it.",
            [.. outliers.Select((outlier, i) => new PageSection(
                $"{i + 1}: mean similarity {DuplicateLines.Cosine(outlier.Similarity)}",
                [Picture(outlier.Picture, "outlier"), .. outlier.Nearest.Take(NearestShown)
                    .Select(near => Picture(near.Second, DuplicateLines.Cosine(near.Similarity)))]))]);
        session.Results.WriteLine($"Written: {file.Path}");
    }

    private static JsonObject Json(ComparedPictures pictures, int k, IReadOnlyList<Outlier> outliers) => new()
    {
        ["count"] = pictures.Index.Pictures.Count,
        ["k"] = k,
        ["outliers"] = new JsonArray([.. outliers.Select(outlier => new JsonObject
        {
            ["picture"] = pictures.Name(outlier.Picture),
            ["class"] = pictures.Index.Pictures[outlier.Picture].ClassName,
            ["similarity"] = outlier.Similarity,
            ["nearest"] = new JsonArray([.. outlier.Nearest.Select(near => new JsonObject
            {
                ["picture"] = pictures.Name(near.Second), ["similarity"] = near.Similarity,
            })]),
        })]),
    };
}
