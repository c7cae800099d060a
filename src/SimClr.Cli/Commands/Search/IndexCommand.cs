using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Embedding;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr index RUN DATA --out INDEX</c>.</summary>
internal static class IndexCommand
{
    public static Command Build(string name, string description)
    {
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var destination = IndexPlace.Understands(new ValueOption("--out", "INDEX",
            "the index: a file, or a connection string of PostgreSQL; brought up to date where it exists"));
        var layer = new ValueOption("--layer", "K", "0 for the encoder's h, else a layer of the projection head") { Default = "0" };
        var part = new ValueOption("--part", "NAME", "train, test or all pictures of DATA") { Default = "all" };
        var command = new Command(name, description) { run, data, destination, layer, part };
        var place = IndexPlace.Written(command);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA --out INDEX [options]"],
            ["runs/mine ~/pictures --out pictures.index",
                "runs/mine ~/pictures --out \"Host=db;Database=photos\" --name holidays"],
            "Given again, it embeds what is new or has changed, and forgets what is gone. An interrupted update leaves the index as "
            + "it was.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var text = destination.Text(parsed) ?? throw new UsageException("index needs --out INDEX, the file to write");
            var (folder, depth) = (parsed.GetValue(run)!, layer.Whole(parsed, 0));
            using var embedder = Embedder.Open(folder, new() { Layer = depth, Normalize = true });
            var origin = IndexOrigin.Of(embedder);
            using var index = place.Open(text, parsed);
            if (index.Origin is { } before && before != origin)
                session.Note(before with { Preprocessing = origin.Preprocessing } == origin
                    ? $"{index.Name} was made by an earlier version, which decoded large JPEGs otherwise; all pictures are embedded again."
                    : $"{index.Name} was made with another encoder ({before.Run}); all pictures are embedded again.");
            if (index is FileIndex file) IndexPlace.TellOfRescaled(session, file.Name, file.Rescaled);
            var parts = EmbedCommand.PicturesOf(parsed.GetValue(data)!, part.Text(parsed) ?? "all", embedder.ImageSize);
            var update = StageProgress.Run(session, stage =>
            {
                var total = parts.Sum(pictures => pictures.Count);
                var share = new StageShare(session, stage, $"embedding what is new among {Numbers.Count(total)} pictures", total);
                return index.Update(embedder, origin, parts, session.Note, share, session.Cancellation);
            });
            session.Results.WriteLine($"{index.Name}: {Numbers.Count(index.Count)} pictures; "
                + $"{Numbers.Count(update.Added)} added, {Numbers.Count(update.Kept)} kept, "
                + $"{Numbers.Count(update.Removed)} removed.");
            if (update.Unreadable > 0) session.Note($"{Numbers.Count(update.Unreadable)} pictures cannot be read and were left out.");
            session.WriteJson(new JsonObject
            {
                ["index"] = index.Name,
                ["count"] = index.Count,
                ["added"] = update.Added,
                ["kept"] = update.Kept,
                ["removed"] = update.Removed,
                ["unreadable_pictures"] = update.Unreadable,
            }.ToJsonString());
            return ExitCode.Done;
        });
        return command;
    }
}
