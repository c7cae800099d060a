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

/// <summary><c>simclr search INDEX PICTURE…</c>.</summary>
internal static class SearchCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["INDEX PICTURE... [options]"],
            Examples =
            [
                "pictures.index new.jpg", "pictures.index a.jpg b.jpg --top 5 --sheet found.png --page found.html",
                "\"Host=db;Database=photos\" new.jpg --name holidays",
            ],
            Notes =
            [
                "Every vector of the index is looked at, unless --approximate is given. Similarity is the cosine of the vectors: "
                + "1 for the same picture.",
            ],
        };
        var index = command.Take(new Argument<string>("INDEX")
        {
            Description = "an index, as simclr index --out made it: a file, or a connection string",
        });
        command.Connection = index;
        var pictures = command.Take(new Argument<string[]>("PICTURE")
        {
            Description = "one or more picture files",
            Arity = ArgumentArity.OneOrMore,
        });
        var top = command.Take(new ValueOption<int>("--top", "N", "how many to find", 10, ValueReader.AtLeast(1)));
        var sheet = command.Take(new ValueOption<string?>(
            "--sheet", "FILE.png", "draw them beside the picture, a row for each PICTURE"));
        var page = command.Take(new ValueOption<string?>(
            "--page", "FILE.html", "write them to a page that needs nothing but itself"));
        var place = IndexPlace.Searched(command);
        return command.Does((session, parsed) =>
        {
            using var drawing = Output.Begin(parsed.GetValue(sheet), makesFolder: true);
            using var document = Output.Begin(parsed.GetValue(page));
            using var read = place.OpenExisting(parsed.GetValue(index)!, parsed);
            return Search(session, read, parsed.GetValue(pictures)!, parsed.GetValue(top), drawing, document);
        });
    }

    private static int Search(
        Session session, IPictureIndex index, string[] pictures, int count, AtomicFile? drawing, AtomicFile? document)
    {
        if (index is FileIndex { Rescaled: var rescaled }) IndexPlace.TellOfRescaled(session, index.Name, rescaled);
        using var embedder = index.Origin!.OpenEmbedder();
        var found = pictures
            .Select(file => (File: file, Picture: Load(file)))
            .Select(query => (query.File, query.Picture, Hits: index.Search(embedder.Embed(query.Picture), count))).ToList();
        foreach (var (file, _, hits) in found) Show(session, file, hits);
        if (drawing is not null)
        {
            var rows = found.ConvertAll(query => (IReadOnlyList<RgbImage>)
                [query.Picture, .. query.Hits.Select(hit => SheetCell.Load(hit.Load) ?? SheetCell.OfGone())]);
            drawing.Complete(ImageCodec.EncodePng(ImageGrid.Compose(rows, SheetCell.Side, gap: 4, ["picture"])));
            session.Results.WriteLine($"Drawn: {drawing.Path}");
        }
        if (document is not null)
        {
            PicturePage.Write(document, "Found pictures",
                $"The most alike of {Numbers.Count(index.Count)} pictures; 1 is the same picture.",
                found.ConvertAll(query => Section(query.File, query.Picture, query.Hits)));
            session.Results.WriteLine($"Written: {document.Path}");
        }
        session.WriteJson(new JsonArray([.. found.Select(query => new JsonObject
        {
            ["picture"] = query.File,
            ["found"] = new JsonArray([.. query.Hits.Select(hit => new JsonObject
            {
                ["picture"] = hit.Picture, ["class"] = hit.ClassName, ["similarity"] = hit.Similarity,
            })]),
        })]).ToJsonString());
        return ExitCode.Done;
    }

    private static RgbImage Load(string file)
    {
        if (!File.Exists(file)) throw new DataException($"There is no picture {file}.");
        return PictureFolder.LoadFile(file);
    }

    private static PageSection Section(string file, RgbImage picture, IReadOnlyList<SearchHit> hits)
    {
        string Caption(SearchHit hit) => FormattableString.Invariant($"{hit.Similarity:0.0000}")
            + (hit.ClassName is { } label ? $" {label}" : "");
        return new($"Most like {Path.GetFileName(file)}",
            [new(file, "asked for", () => picture), .. hits.Select(hit =>
                new PagePicture(hit.Picture, Caption(hit), () => SheetCell.Load(hit.Load)))]);
    }

    private static void Show(Session session, string file, IReadOnlyList<SearchHit> hits)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("similarity").RightAligned()).AddColumn("picture");
        var hasClasses = hits.Any(hit => hit.ClassName is not null);
        if (hasClasses) table.AddColumn("class");
        foreach (var hit in hits)
        {
            var similarity = FormattableString.Invariant($"{hit.Similarity:0.0000}");
            string[] cells = hasClasses ? [similarity, hit.Picture, hit.ClassName ?? ""] : [similarity, hit.Picture];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }
        session.Results.WriteLine($"Most like {file}:");
        session.Results.Write(table);
    }
}
