using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Features;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr index RUN DATA --out INDEX</c>.</summary>
internal static class IndexCommand
{
    private const string UseViews = "--use-views";

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["RUN DATA --out INDEX [options]"],
            Examples =
            [
                "runs/mine ~/pictures --out pictures.index",
                "runs/mine ~/pictures --out \"Host=db;Database=photos\" --name holidays",
            ],
            Notes =
            [
                "Given again, it embeds what is new or has changed, and forgets what is gone. An interrupted update leaves the "
                    + "index as it was.",
            ],
        };
        var (run, data) = (command.Take(Arguments.Run()), command.Take(Arguments.Data()));
        var destination = command.Take(new ValueOption<string?>("--out", "INDEX",
            "the index: a file, or a connection string of PostgreSQL; brought up to date where it exists"));
        command.Connection = destination;
        var options = new OptionSet<EmbedderOptions>(command, new() { Normalize = true })
            .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K", "0 for the encoder's h, else a layer of the projection head")
            .Add(o => o.UseViews, (o, v) => o with { UseViews = v }, "V", EvaluateCommand.UseViewsHelp, UseViews,
                shown: "the index's, or 1");
        var part = command.Take(EmbedCommand.PartOption());
        var place = IndexPlace.Written(command);
        return command.Does((session, parsed) =>
        {
            var text = parsed.GetValue(destination) ?? throw new UsageException("index needs --out INDEX, the file to write");
            var chosen = options.Read(parsed).Validated();
            using var index = place.Open(text, parsed);
            if (index.Origin is { } before && !options.Given(parsed).Contains(UseViews))
                chosen = chosen with { UseViews = before.UseViews };
            using var embedder = Embedder.Open(parsed.GetValue(run)!, chosen);
            return Update(session, embedder, index, parsed.GetValue(data)!, parsed.GetValue(part)!);
        });
    }

    private static int Update(Session session, Embedder embedder, IImageIndex index, string data, string part)
    {
        var origin = IndexOrigin.Of(embedder);
        if (index.Origin is { } before && before != origin)
            session.Note($"{index.Name} was made {Otherwise(before, origin)}; all images are embedded again.");
        if (index is FileImageIndex file) IndexPlace.TellOfRescaled(session, file.Name, file.Rescaled);
        var parts = EmbedCommand.ImagesOf(data, part, embedder.ImageSize);
        var update = StageProgress.Run(session, stage =>
        {
            var total = parts.Sum(images => images.Count);
            var share = new StageShare(session, stage, $"embedding what is new among {Numbers.Count(total)} images", total);
            return index.Update(embedder, origin, parts, session.Logger, share, session.Cancellation);
        });
        session.Results.WriteLine($"{index.Name}: {Numbers.Count(index.Count)} images{Of(origin)}; "
            + $"{Numbers.Count(update.Added)} added, {Numbers.Count(update.Kept)} kept, "
            + $"{Numbers.Count(update.Removed)} removed.");
        session.NoteUnreadable(update.Unreadable);
        var json = new JsonObject
        {
            ["index"] = index.Name,
            ["count"] = index.Count,
            ["added"] = update.Added,
            ["kept"] = update.Kept,
            ["removed"] = update.Removed,
            ["unreadable_pictures"] = update.Unreadable,
        };
        if (origin.UseViews != 1) json["use_views"] = origin.UseViews;
        session.WriteJson(json.ToJsonString());
        return ExitCode.Done;
    }

    private static string Of(IndexOrigin origin) =>
        origin.UseViews == 1 ? "" : $" (vectors are means over {origin.UseViews} views)";

    /// <summary>In what the making of an index differs from what is asked for.</summary>
    private static string Otherwise(IndexOrigin before, IndexOrigin now) =>
        before with { Preprocessing = now.Preprocessing } == now ? "by an earlier version, which decoded large JPEGs otherwise"
        : before with { UseViews = now.UseViews } == now ? $"with {UseViews} {before.UseViews}"
        : $"with another encoder ({before.Run})";
}
