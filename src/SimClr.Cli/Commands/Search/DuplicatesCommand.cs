using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Files;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr duplicates DATA|INDEX</c>.</summary>
internal static class DuplicatesCommand
{
    private const int PairsShown = 8, ImagesOfGroup = 12;

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["DATA --run RUN [options]", "INDEX [options]"],
            Examples =
            [
                "~/pictures --run runs/mine --sheet pairs.png", "~/pictures --run runs/mine --mirrored",
                "pictures.index --threshold 0.97 --out groups.csv --page groups.html",
            ],
            Notes =
            [
                "Similarity is the cosine of two images' vectors: 1 for the same image. Images are in a group when pairs that "
                + "are at least as alike as the threshold connect them. Of each group the first is the one to keep: the most "
                + "pixels, then the most bytes, then the oldest file. Look at --sheet first, then give --threshold. Nothing is "
                + "deleted.",
            ],
        };
        var source = ComparedImages.Options.AddTo(command);
        var threshold = command.Take(new ValueOption<double?>("--threshold", "COSINE",
            "pairs at least as alike are duplicates; chosen from the images if not given"));
        var destination = command.Take(new ValueOption<string?>("--out", "FILE", "the groups as .csv or .json"));
        var sheet = command.Take(new ValueOption<string?>("--sheet", "FILE.png",
            "draw pairs right at the threshold: joined on the left, left apart on the right"));
        var page = command.Take(new ValueOption<string?>("--page", "FILE.html",
            "write a page with the pairs at the threshold and the groups"));
        var shown = command.Take(new ValueOption<int>("--groups", "N",
            "how many groups are listed and on the page, the largest first", 20, ValueReader.AtLeast(1)));
        var mirrored = command.Take(new FlagOption("--mirrored",
            "find mirrored copies of DATA's images too; takes twice the time, and finds fewer of others"));
        return command.Does((session, parsed) =>
        {
            var (asked, count) = (parsed.GetValue(threshold), parsed.GetValue(shown));
            DuplicateSearch.RequireThreshold(asked);
            if (parsed.GetValue(destination) is { } wanted) FoundFile.RequireKnown(wanted);
            using var found = Output.Begin(parsed.GetValue(destination));
            using var drawing = Output.Begin(parsed.GetValue(sheet), makesFolder: true);
            using var document = Output.Begin(parsed.GetValue(page));
            var images = ComparedImages.Open(session, parsed, source, parsed.GetValue(mirrored));
            var search = StageProgress.Run(session, stage =>
                DuplicateSearch.Find(images.Index, asked, images.Comparing(session, stage), session.Cancellation));
            var chosen = asked ?? search.Suggestion.Cosine;
            var groups = search.WorthFirst(search.Groups(chosen), session.Cancellation);
            DuplicateLines.Write(session, search, chosen, asked is null, groups, count);
            if (found is not null)
            {
                FoundFile.WriteGroups(found, images.Index, groups);
                session.Results.WriteLine($"Written: {found.Path}");
            }
            var pairs = search.PairsAt(chosen, PairsShown);
            if (drawing is not null) DrawPairs(session, images, pairs, chosen, drawing);
            if (document is not null) WritePage(session, images, search, pairs, chosen, groups, count, document);
            session.WriteJson(DuplicateLines.Json(search, chosen, groups).ToJsonString());
            return ExitCode.Done;
        });
    }

    private static void DrawPairs(
        Session session, ComparedImages images, IReadOnlyList<SimilarPair> pairs, double threshold, AtomicFile file)
    {
        // From the threshold outwards, so that the first row is the one that it lies in.
        var joined = pairs.Where(pair => pair.Similarity >= threshold).Reverse().ToList();
        var apart = pairs.Where(pair => pair.Similarity < threshold).ToList();
        if (pairs.Count == 0)
        {
            session.Note("There are no pairs near the threshold to draw.");
            return;
        }
        RgbImage[] Cells(List<SimilarPair> side, int row) => row < side.Count
            ? [images.OnSheet(side[row].First), images.OnSheet(side[row].Second)]
            : [images.OnSheet(null), images.OnSheet(null)];
        var rows = Enumerable.Range(0, Math.Max(joined.Count, apart.Count))
            .Select(row => (IReadOnlyList<RgbImage>)[.. Cells(joined, row), images.OnSheet(null), .. Cells(apart, row)]).ToList();
        file.Complete(ImageCodec.EncodePng(ImageGrid.Compose(rows, SheetCell.Side, gap: 4, ["joined", "", "", "apart", ""])));
        session.Results.WriteLine($"Drawn: {file.Path}");
    }

    private static void WritePage(Session session, ComparedImages images, DuplicateSearch search,
        IReadOnlyList<SimilarPair> pairs, double threshold, IReadOnlyList<DuplicateGroup> groups, int count, AtomicFile file)
    {
        IEnumerable<PageImage> Pair(SimilarPair pair) =>
            [images.OnPage(pair.First, DuplicateLines.Cosine(pair.Similarity)),
                images.OnPage(pair.Second, DuplicateLines.Cosine(pair.Similarity))];
        PageSection Section(DuplicateGroup group, int index) => new(
            $"Group {index + 1}: {group.Images.Count} images, one down to a threshold of {DuplicateLines.Cosine(group.Weakest)}",
            [.. group.Images.Take(ImagesOfGroup).Select((image, i) => images.OnPage(image, DuplicateLines.Caption(group, i)))]);
        PageSection[] sections =
        [
            new("Pairs just above the threshold", [.. pairs.Where(pair => pair.Similarity >= threshold).SelectMany(Pair)]),
            new("Pairs just below it", [.. pairs.Where(pair => pair.Similarity < threshold).SelectMany(Pair)]),
            .. groups.Take(count).Select(Section),
        ];
        ImagePage.Write(file, "Duplicates", DuplicateLines.Summary(search, threshold, groups),
            [.. sections.Where(section => section.Images.Count > 0)]);
        session.Results.WriteLine($"Written: {file.Path}");
    }
}
