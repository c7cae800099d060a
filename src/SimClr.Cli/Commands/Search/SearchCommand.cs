using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Files;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr search INDEX IMAGE…</c>.</summary>
internal static class SearchCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["INDEX IMAGE... [options]"],
            Examples =
            [
                "pictures.index new.jpg", "pictures.index a.jpg b.jpg --top 5 --sheet found.png --page found.html",
                "\"Host=db;Database=photos\" new.jpg --name holidays",
            ],
            Notes =
            [
                "Every vector of the index is looked at, unless --approximate is given. Similarity is the cosine of the vectors: "
                + "1 for the same image.",
            ],
        };
        var index = command.Take(new Argument<string>("INDEX")
        {
            Description = "an index, as simclr index --out made it: a file, or a connection string",
        });
        command.Connection = index;
        var images = command.Take(new Argument<string[]>("IMAGE")
        {
            Description = "one or more image files",
            Arity = ArgumentArity.OneOrMore,
        });
        var top = command.Take(new ValueOption<int>("--top", "N", "how many to find", 10, ValueReader.AtLeast(1)));
        var sheet = command.Take(new ValueOption<string?>(
            "--sheet", "FILE.png", "draw them beside the image, a row for each IMAGE"));
        var page = command.Take(new ValueOption<string?>(
            "--page", "FILE.html", "write them to a page that needs nothing but itself"));
        var place = IndexPlace.Searched(command);
        return command.Does((session, parsed) =>
        {
            using var drawing = Output.Begin(parsed.GetValue(sheet), makesFolder: true);
            using var document = Output.Begin(parsed.GetValue(page));
            using var read = place.OpenExisting(parsed.GetValue(index)!, parsed);
            return Search(session, read, parsed.GetValue(images)!, parsed.GetValue(top), drawing, document);
        });
    }

    private static int Search(
        Session session, IImageIndex index, string[] images, int count, AtomicFile? drawing, AtomicFile? document)
    {
        if (index is FileImageIndex { Rescaled: var rescaled }) IndexPlace.TellOfRescaled(session, index.Name, rescaled);
        using var embedder = index.Origin!.OpenEmbedder();
        var found = images
            .Select(file => (File: file, Image: Load(file)))
            .Select(query => (query.File, query.Image, Hits: index.Search(embedder.Embed(query.Image), count))).ToList();
        foreach (var (file, _, hits) in found) Show(session, file, hits);
        if (drawing is not null)
        {
            var rows = found.ConvertAll(query => (IReadOnlyList<RgbImage>)
                [query.Image, .. query.Hits.Select(hit => SheetCell.Load(hit.Load) ?? SheetCell.OfGone())]);
            drawing.Complete(ImageCodec.EncodePng(ImageGrid.Compose(rows, SheetCell.Side, gap: 4, ["image"])));
            session.Results.WriteLine($"Drawn: {drawing.Path}");
        }
        if (document is not null)
        {
            ImagePage.Write(document, "Found images",
                $"The most alike of {Numbers.Count(index.Count)} images; 1 is the same image.",
                found.ConvertAll(query => Section(query.File, query.Image, query.Hits)));
            session.Results.WriteLine($"Written: {document.Path}");
        }
        session.WriteJson(new JsonArray([.. found.Select(query => new JsonObject
        {
            ["picture"] = query.File,
            ["found"] = new JsonArray([.. query.Hits.Select(hit => new JsonObject
            {
                ["picture"] = hit.Image, ["class"] = hit.ClassName, ["similarity"] = hit.Similarity,
            })]),
        })]).ToJsonString());
        return ExitCode.Done;
    }

    private static RgbImage Load(string file)
    {
        if (!File.Exists(file)) throw new DataException($"There is no image {file}.");
        return ImageFolder.LoadFile(file);
    }

    private static PageSection Section(string file, RgbImage image, IReadOnlyList<SearchHit> hits)
    {
        string Caption(SearchHit hit) => FormattableString.Invariant($"{hit.Similarity:0.0000}")
            + (hit.ClassName is { } label ? $" {label}" : "");
        return new($"Most like {Path.GetFileName(file)}",
            [new(file, "asked for", () => image), .. hits.Select(hit =>
                new PageImage(hit.Image, Caption(hit), () => SheetCell.Load(hit.Load)))]);
    }

    private static void Show(Session session, string file, IReadOnlyList<SearchHit> hits)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("similarity").RightAligned())
            .AddColumn("image");
        var hasClasses = hits.Any(hit => hit.ClassName is not null);
        if (hasClasses) table.AddColumn("class");
        foreach (var hit in hits)
        {
            var similarity = FormattableString.Invariant($"{hit.Similarity:0.0000}");
            string[] cells = hasClasses ? [similarity, hit.Image, hit.ClassName ?? ""] : [similarity, hit.Image];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }
        session.Results.WriteLine($"Most like {file}:");
        session.Results.Write(table);
    }
}
