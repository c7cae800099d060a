using System.Globalization;
using System.Text.Json.Nodes;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>Duplicates for people and for programs.</summary>
internal static class DuplicateLines
{
    private const int BarLength = 40, ImagesOfGroup = 6;

    public static string Cosine(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The result in a sentence.</summary>
    public static string Summary(DuplicateSearch search, double threshold, IReadOnlyList<DuplicateGroup> groups) =>
        $"{Numbers.Count(search.Index.Images.Count)} images; at a cosine of {Cosine(threshold)} or more, "
        + $"{Numbers.Count(groups.Sum(group => group.Images.Count))} of them are in {Numbers.Count(groups.Count)} "
        + $"{(groups.Count == 1 ? "group" : "groups")} of near-identical ones.";

    /// <summary>
    /// Words under an image of a group: whether to keep it, or how alike it is to the one to keep, and how large it is.
    /// </summary>
    public static string Caption(DuplicateGroup group, int place)
    {
        var role = IsKept(group, place) ? "keep" : place == 0 ? "first" : Cosine(group.ToFirst[place]);
        return group.Facts[place] is null ? role : $"{role}, {Pixels(group, place)}";
    }

    public static void Write(Session session, DuplicateSearch search, double threshold, bool isSuggested,
        IReadOnlyList<DuplicateGroup> groups, int shown)
    {
        if (search.Nearest.Count > 0) WriteHistogram(session, search);
        session.Results.WriteLine(Why(search.Suggestion, isSuggested, threshold));
        WriteEffects(session, search, threshold);
        session.Results.WriteLine(Summary(search, threshold, groups));
        if (groups.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("group").RightAligned())
            .AddColumn(new TableColumn("to first").RightAligned())
            .AddColumn("")
            .AddColumn(new TableColumn("pixels").RightAligned())
            .AddColumn(new TableColumn("size").RightAligned())
            .AddColumn("image");
        foreach (var (group, number) in groups.Take(shown).Select((group, i) => (group, i + 1)))
        {
            foreach (var (i, image) in group.Images.Take(ImagesOfGroup).Index())
                table.AddRow(new Text($"{number}"), new Text(Cosine(group.ToFirst[i])), new Text(IsKept(group, i) ? "keep" : ""),
                    new Text(Pixels(group, i)), new Text(group.Facts[i]?.Bytes is { } bytes ? Numbers.Bytes(bytes) : ""),
                    new Text(search.Index.Images[image].Image));
            if (group.Images.Count > ImagesOfGroup)
                table.AddRow($"{number}", "", "", "", "", $"and {group.Images.Count - ImagesOfGroup} more");
        }
        session.Results.Write(table);
        if (groups.Count > shown)
            session.Results.WriteLine(
                $"{Numbers.Count(groups.Count - shown)} more groups; --out writes all, --groups N lists more.");
    }

    public static JsonObject Json(DuplicateSearch search, double threshold, IReadOnlyList<DuplicateGroup> groups) => new()
    {
        ["count"] = search.Index.Images.Count,
        ["threshold"] = threshold,
        ["suggested_threshold"] = search.Suggestion.Cosine,
        ["suggested_from_data"] = search.Suggestion.IsFromData,
        ["median_nearest"] = search.Nearest.Count > 0 ? search.Nearest.Order().ElementAt(search.Nearest.Count / 2) : null,
        ["histogram"] = new JsonArray([.. search.Histogram().Select(bin => new JsonObject
        {
            ["from"] = bin.From, ["to"] = bin.To, ["pictures"] = bin.Images,
        })]),
        ["thresholds"] = new JsonArray([.. search.Preview(threshold).Select(effect => new JsonObject
        {
            ["threshold"] = effect.Threshold, ["groups"] = effect.Groups, ["pictures"] = effect.Images,
            ["largest"] = effect.Largest,
        })]),
        ["groups"] = new JsonArray([.. groups.Select(group => new JsonObject
        {
            ["weakest"] = group.Weakest,
            ["pictures"] = new JsonArray([.. group.Images.Select((image, i) => new JsonObject
            {
                ["picture"] = search.Index.Images[image].Image,
                ["class"] = search.Index.Images[image].ClassName,
                ["similarity"] = group.ToFirst[i],
                ["width"] = group.Facts[i]?.Width,
                ["height"] = group.Facts[i]?.Height,
                ["bytes"] = group.Facts[i]?.Bytes,
                ["modified"] = group.Facts[i]?.Modified,
            })]),
        })]),
    };

    private static bool IsKept(DuplicateGroup group, int place) => place == 0 && group.HasKept;

    private static string Pixels(DuplicateGroup group, int place) =>
        group.Facts[place] is { } facts ? string.Create(CultureInfo.InvariantCulture, $"{facts.Width} x {facts.Height}") : "";

    private static string Why(SuggestedThreshold suggestion, bool isSuggested, double threshold)
    {
        var reason = suggestion switch
        {
            { IsFromData: false } => "a usual value, as there are too few images to tell",
            _ => string.Create(CultureInfo.InvariantCulture,
                $"of distinct images about {10_000 * SuggestedThreshold.ShareOfDistinct:0.#} in 10,000 would have another as "
                    + $"near by chance"),
        };
        return isSuggested
            ? $"Threshold {Cosine(threshold)}, chosen: {reason}."
            : $"Threshold {Cosine(threshold)}, given. Suggested is {Cosine(suggestion.Cosine)}: {reason}.";
    }

    private static void WriteHistogram(Session session, DuplicateSearch search)
    {
        session.Results.WriteLine("Similarity of each image to the nearest other:");
        var bins = search.Histogram();
        var most = bins.Max(bin => bin.Images);
        var table = new Table().Border(TableBorder.None).HideHeaders()
            .AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        foreach (var bin in bins)
        {
            var length = bin.Images == 0 ? 0 : Math.Max(1, (int)Math.Round((double)BarLength * bin.Images / most));
            table.AddRow(string.Create(CultureInfo.InvariantCulture, $"  {bin.From:0.000} to {bin.To:0.000}"),
                Numbers.Count(bin.Images), new string('█', length));
        }
        session.Results.Write(table);
    }

    private static void WriteEffects(Session session, DuplicateSearch search, double threshold)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in new[] { "threshold", "groups", "images", "largest group", "" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var effect in search.Preview(threshold))
            table.AddRow(Cosine(effect.Threshold), Numbers.Count(effect.Groups), Numbers.Count(effect.Images),
                Numbers.Count(effect.Largest), effect.Threshold == threshold ? "<" : "");
        session.Results.Write(table);
    }
}
