using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Classification;
using SimClr.Cli.Display;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr train-classifier RUN DATA</c>.</summary>
internal static class TrainClassifierCommand
{
    public static Command Build(string name, string description)
    {
        var defaults = new PictureClassifierRequest { Run = "", Data = "" };
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var command = new Command(name, description) { run, data };
        ValueOption Add(string group, string option, string value, string help, object? shown = null)
        {
            var added = new ValueOption(option, value, help) { Group = group, Default = shown?.ToString() };
            command.Options.Add(added);
            return added;
        }
        const string labels = "Labels", machine = "Machine", other = "Options";
        var destination = Add(other, "--out", "FILE", "the classifier's file", "RUN/classifier.safetensors");
        var fraction = Add(labels, "--fraction", "F", "share of the training labels to use, equally many of each class", "1");
        var perClass = Add(labels, "--per-class", "N", "use N labels of each class instead");
        var chosen = Add(labels, "--labels", "FILE", "use the labels that a file of an evaluation lists");
        var layer = Add(other, "--layer", "K", "stand on 0, the encoder, or a layer of the projection head", defaults.Layer);
        var folds = Add(other, "--folds", "N", "parts of cross-validation", defaults.Folds);
        var size = Add(other, "--image-size", "PX", "side of the pictures in pixels; 0: what the run says", defaults.ImageSize);
        var seed = Add(other, "--seed", "N", "seed of folds and of the choice of labels", defaults.Seed);
        var untested = new FlagOption("--no-test", "do not measure on the test part that the data have");
        command.Options.Add(untested);
        var use = new ClassifierUse((option, value, help, shown) => Add(machine, option, value, help, shown));
        var threads = Add(machine, "--threads", "N", "threads of one tensor operation; 0 means all cores", defaults.Threads);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"],
            ["runs/mine ~/labelled", "runs/mine ~/labelled --out parts.safetensors",
                "runs/cifar cifar10:data/cifar-10-batches-bin --per-class 10"],
            "DATA needs labels: a sub-folder for each class, with two pictures or more. Data without a test part of their own "
            + "are learned from as a whole, and cross-validation says how good the classifier is. The file holds all that "
            + "classify needs, the encoder too.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = new PictureClassifierRequest
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                Out = destination.Text(parsed),
                Fraction = fraction.Text(parsed) is null ? null : fraction.Number(parsed, 0),
                PerClass = perClass.Text(parsed) is null ? null : perClass.Whole(parsed, 0),
                LabelsFile = chosen.Text(parsed),
                Layer = layer.Whole(parsed, defaults.Layer),
                Folds = folds.Whole(parsed, defaults.Folds),
                Test = !parsed.GetValue(untested),
                ImageSize = size.Whole(parsed, defaults.ImageSize),
                Seed = seed.Seed(parsed, defaults.Seed),
                Threads = threads.Whole(parsed, defaults.Threads),
                Use = use.Options(parsed),
            };
            var made = StageProgress.Run(session,
                stage => PictureClassifierTraining.Run(request, session.Note, stage, session.Cancellation));
            QualityLines.Show(session, made.Quality);
            session.Results.WriteLine($"{made.File}: {Numbers.Bytes(made.Bytes)} with the encoder. Try: "
                + $"{CommandName.Text} classify {CommandName.Quote(destination.Text(parsed) ?? made.File)} PICTURE");
            var json = JsonNode.Parse(made.Quality.ToJson())!.AsObject();
            json.Insert(0, "file", made.File);
            json.Insert(1, "bytes", made.Bytes);
            session.WriteJson(json.ToJsonString());
            return ExitCode.Done;
        });
        return command;
    }
}
