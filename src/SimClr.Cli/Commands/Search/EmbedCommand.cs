using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Features;
using SimClr.Search;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr embed RUN DATA --out FILE</c>.</summary>
internal static class EmbedCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["RUN DATA --out FILE [options]"],
            Examples = ["runs/mine ~/pictures --out vectors.npy", "runs/shapes shapes:200 --out vectors.csv --normalize"],
            Notes = ["A row for each image. Beside a .npy file, NAME.pictures.csv names the image and class of each row."],
        };
        var (run, data) = (command.Take(Arguments.Run()), command.Take(Arguments.Data()));
        var destination = command.Take(new ValueOption<string?>("--out", "FILE", "the .npy, .parquet or .csv file to write"));
        var options = new OptionSet<EmbedderOptions>(command, new())
            .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K",
                "0 for the encoder's h, else a layer of the projection head; the last is z")
            .AddFlag("--normalize", o => o with { Normalize = true }, "scale vectors to length 1");
        var part = command.Take(PartOption());
        options
            .Add(o => o.UseViews, (o, v) => o with { UseViews = v }, "V", EvaluateCommand.UseViewsHelp)
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images in pixels; 0: what the run says")
            .AddEncoder(o => o, (_, v) => v);
        return command.Does((session, parsed) =>
        {
            var file = parsed.GetValue(destination) ?? throw new UsageException("embed needs --out FILE, the file to write");
            VectorFile.RequireKnown(file);
            using var embedder = Embedder.Open(parsed.GetValue(run)!, options.Read(parsed));
            return Embed(session, embedder, ImagesOf(parsed.GetValue(data)!, parsed.GetValue(part)!, embedder.ImageSize), file);
        });
    }

    /// <summary>The option that names the parts of DATA.</summary>
    internal static ValueOption<string> PartOption() => new("--part", "NAME", "train, test or all images of DATA", "all");

    /// <summary>The parts of some data that a command was asked for and that hold images.</summary>
    internal static IReadOnlyList<IImageDataset> ImagesOf(string data, string part, int imageSize)
    {
        if (part is not ("train" or "test" or "all"))
            throw new UsageException($"--part must be train, test or all, not '{part}'");
        var splits = DatasetSource.Open(data, imageSize);
        IImageDataset[] chosen = part switch
        {
            "train" => [splits.Train],
            "test" => [splits.Test],
            _ => [splits.Train, splits.Test],
        };
        var parts = chosen.Where(images => images.Count > 0).ToList();
        return parts.Count > 0 ? parts : throw new DataException($"{data} has no {part} part.");
    }

    private static int Embed(Session session, Embedder embedder, IReadOnlyList<IImageDataset> parts, string path)
    {
        using var file = VectorFile.Create(path, embedder.Dimension, embedder.UseViews);
        var total = parts.Sum(images => images.Count);
        StageProgress.Run(session, stage =>
        {
            foreach (var images in parts)
            {
                var share = new StageShare(
                    session, stage, $"embedding {Numbers.Count(images.Count)} images of {images.Name}", images.Count);
                foreach (var (index, vector) in embedder.Embed(images, session.Logger, session.Cancellation))
                {
                    var label = images.Label(index);
                    file.Add(images.Describe(index), label >= 0 ? images.ClassNames[label] : null, vector);
                    share.Report(index + 1);
                }
            }
            return true;
        });
        file.Finish();
        session.NoteUnreadable(total - file.Count);
        session.Results.WriteLine($"{path}: {Numbers.Count(file.Count)} vectors of {embedder.Dimension} numbers"
            + $"{OfViews(embedder.UseViews)}.");
        var json = new JsonObject
        {
            ["file"] = path,
            ["count"] = file.Count,
            ["dimension"] = embedder.Dimension,
            ["unreadable_pictures"] = total - file.Count,
        };
        if (embedder.UseViews != 1) json["use_views"] = embedder.UseViews;
        session.WriteJson(json.ToJsonString());
        return ExitCode.Done;
    }

    /// <summary>Over how many views vectors are averaged, behind their number; nothing for one.</summary>
    private static string OfViews(int views) => views == 1 ? "" : $", each the mean over {views} views of its image";
}
