using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Datasets;
using SimClr.Embedding;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr embed RUN DATA --out FILE</c>.</summary>
internal static class EmbedCommand
{
    public static Command Build(string name, string description)
    {
        var defaults = new EmbedderOptions();
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var destination = new ValueOption("--out", "FILE", "the .npy, .parquet or .csv file to write");
        var layer = new ValueOption("--layer", "K", "0 for the encoder's h, else a layer of the projection head; the last is z")
        {
            Default = $"{defaults.Layer}",
        };
        var normalize = new FlagOption("--normalize", "scale vectors to length 1");
        var part = new ValueOption("--part", "NAME", "train, test or all pictures of DATA") { Default = "all" };
        var size = new ValueOption("--image-size", "PX", "side of the pictures in pixels; 0: what the run says")
        {
            Default = $"{defaults.ImageSize}",
        };
        var batch = new ValueOption("--batch-size", "N", "pictures per forward pass") { Default = $"{defaults.BatchSize}" };
        var precision = new ValueOption("--precision", "NAME", "fp32, bf16 or auto") { Default = defaults.Precision };
        var device = new ValueOption("--device", "NAME", "cpu, cuda, cuda:N or auto") { Default = defaults.Device };
        var workers = new ValueOption("--workers", "N", "threads that decode; 0 chooses") { Default = $"{defaults.Workers}" };
        var command = new Command(name, description)
        {
            run, data, destination, layer, normalize, part, size, batch, precision, device, workers,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA --out FILE [options]"],
            ["runs/mine ~/pictures --out vectors.npy", "runs/shapes shapes:200 --out vectors.csv --normalize"],
            "A row for each picture. Beside a .npy file, NAME.pictures.csv names the picture and class of each row.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var file = destination.Text(parsed) ?? throw new UsageException("embed needs --out FILE, the file to write");
            VectorFile.RequireKnown(file);
            using var embedder = Embedder.Open(parsed.GetValue(run)!, new()
            {
                Layer = layer.Whole(parsed, defaults.Layer),
                Normalize = parsed.GetValue(normalize),
                ImageSize = size.Whole(parsed, defaults.ImageSize),
                BatchSize = batch.Whole(parsed, defaults.BatchSize),
                Precision = precision.Text(parsed) ?? defaults.Precision,
                Device = device.Text(parsed) ?? defaults.Device,
                Workers = workers.Whole(parsed, defaults.Workers),
            });
            var parts = PicturesOf(parsed.GetValue(data)!, part.Text(parsed) ?? "all", embedder.ImageSize);
            return Embed(session, embedder, parts, file);
        });
        return command;
    }

    /// <summary>The parts of some data that a command was asked for and that hold pictures.</summary>
    internal static IReadOnlyList<IImageDataset> PicturesOf(string data, string part, int imageSize)
    {
        if (part is not ("train" or "test" or "all")) throw new UsageException($"--part must be train, test or all, not '{part}'");
        var splits = DatasetSource.Open(data, imageSize);
        IImageDataset[] chosen = part switch
        {
            "train" => [splits.Train],
            "test" => [splits.Test],
            _ => [splits.Train, splits.Test],
        };
        var parts = chosen.Where(pictures => pictures.Count > 0).ToList();
        return parts.Count > 0 ? parts : throw new DataException($"{data} has no {part} part.");
    }

    private static int Embed(Session session, Embedder embedder, IReadOnlyList<IImageDataset> parts, string path)
    {
        using var file = VectorFile.Create(path, embedder.Dimension);
        var total = parts.Sum(pictures => pictures.Count);
        StageProgress.Run(session, stage =>
        {
            foreach (var pictures in parts)
            {
                var share = new StageShare(
                    session, stage, $"embedding {Numbers.Count(pictures.Count)} pictures of {pictures.Name}", pictures.Count);
                foreach (var (index, vector) in embedder.Embed(pictures, session.Note, session.Cancellation))
                {
                    var label = pictures.Label(index);
                    file.Add(pictures.Describe(index), label >= 0 ? pictures.ClassNames[label] : null, vector);
                    share.Report(index + 1);
                }
            }
            return true;
        });
        file.Finish();
        if (total > file.Count) session.Note($"{Numbers.Count(total - file.Count)} pictures cannot be read and were left out.");
        session.Results.WriteLine($"{path}: {Numbers.Count(file.Count)} vectors of {embedder.Dimension} numbers.");
        session.WriteJson(new JsonObject
        {
            ["file"] = path,
            ["count"] = file.Count,
            ["dimension"] = embedder.Dimension,
            ["unreadable_pictures"] = total - file.Count,
        }.ToJsonString());
        return ExitCode.Done;
    }
}
