using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Classification;
using SimClr.Cli.Display;
using SimClr.Settings;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr train-classifier RUN DATA</c>.</summary>
internal static class TrainClassifierCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["RUN DATA [options]"],
            Examples =
            [
                "runs/mine ~/labelled", "runs/mine ~/labelled --out parts.safetensors",
                "runs/cifar cifar10:data/cifar-10-batches-bin --per-class 10", "runs/mine ~/labelled --finetune auto",
            ],
            Notes =
            [
                "DATA needs labels: a sub-folder for each class, with two images or more. Data without a test part of their "
                + "own are learned from as a whole, and cross-validation says how good the classifier is. The file holds all "
                + "that classify needs, the encoder too.",
                "--finetune trains a copy of the encoder, in the file, along with the classifier. Each fold of cross-validation "
                + "then has an encoder of its own, which has not seen the fold's labels: it takes minutes.",
            ],
        };
        const string machine = "Machine";
        var options = new OptionSet<ImageClassifierRequest>(command, new() { Run = "", Data = "" })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.Out, (o, v) => o with { Out = v }, "FILE", "the classifier's file", shown: "RUN/classifier.safetensors")
            .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K", "stand on 0, the encoder, or a layer of the projection head")
            .Add(o => o.Folds, (o, v) => o with { Folds = v }, "N", "parts of cross-validation")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images in pixels; 0: what the run says")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "seed of folds and of the choice of labels")
            .AddFlag("--no-test", o => o with { Test = false }, "do not measure on the test part that the data have")
            .Under("Fine-tuning")
            .AddChoice(o => o.Finetune, (o, v) => o with { Finetune = v }, SettingChoices.Finetune,
                "train the encoder too: never, last-1, last-2, last-3 (its last stages), all, or auto, which compares", "PART")
            .Add(o => o.FinetuneEpochs, (o, v) => o with { FinetuneEpochs = v }, "N",
                "passes over the labeled images", shown: "by their number")
            .Add(o => o.FinetuneLearningRate, (o, v) => o with { FinetuneLearningRate = v }, "RATE", "the highest learning rate")
            .Under("Labels")
            .Add(o => o.Fraction, (o, v) => o with { Fraction = v }, "F",
                "share of the training labels to use, equally many of each class", shown: "1")
            .Add(o => o.PerClass, (o, v) => o with { PerClass = v }, "N", "use N labels of each class instead")
            .Add(o => o.LabelsFile, (o, v) => o with { LabelsFile = v }, "FILE",
                "use the labels that a file of an evaluation lists", "--labels")
            .Under(machine);
        var use = ClassifierUse.AddTo(command, machine);
        options.Add(o => o.Threads, (o, v) => o with { Threads = v }, "N", "threads of one tensor operation; 0 means all cores");
        return command.Does((session, parsed) => Train(session, options.Read(parsed) with { Use = use.Read(parsed) }));
    }

    private static int Train(Session session, ImageClassifierRequest request)
    {
        var made = StageProgress.Run(session,
            stage => ImageClassifierTraining.Run(request, session.Logger, stage, session.Cancellation));
        QualityLines.Show(session, made.Quality);
        session.Results.WriteLine($"{made.File}: {Numbers.Bytes(made.Bytes)} with the encoder. Try: "
            + $"{CommandName.Text} classify {CommandName.Quote(request.Out ?? made.File)} IMAGE");
        var json = JsonNode.Parse(made.Quality.ToJson())!.AsObject();
        json.Insert(0, "file", made.File);
        json.Insert(1, "bytes", made.Bytes);
        session.WriteJson(json.ToJsonString());
        return ExitCode.Done;
    }
}
