using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Reporting;
using SimClr.Runs;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate PROTOCOL RUN DATA</c>.</summary>
internal static class EvaluateCommand
{
    /// <summary>The help of <c>--use-views</c>.</summary>
    internal const string UseViewsHelp = "views over which features are averaged: 1, 2 (mirrored too) or 10 (ten-crop)";

    public static Command Build(string name, string description) => new PageCommand(name, description)
    {
        Usage = ["PROTOCOL RUN DATA [options]"],
        Examples =
        [
            "linear runs/cifar cifar10:data/cifar-10-batches-bin", "linear runs/shapes shapes --solver sgd",
            "knn runs/shapes shapes --k 50", "finetune runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.01",
            "gallery runs/mine ~/pictures",
        ],
        Subcommands =
        {
            Protocol("linear", "Train a linear classifier on frozen features."),
            Protocol("knn", "Let the nearest training images vote."),
            FinetuneCommand.Build(),
            SupervisedCommand.Build(),
            GalleryCommand.Build(),
        },
    };

    private static Command Protocol(string protocol, string description)
    {
        var isKnn = protocol == "knn";
        var command = new PageCommand(protocol, description)
        {
            Usage = ["RUN DATA [options]"],
            Examples =
            [
                "runs/shapes shapes",
                isKnn ? "runs/shapes shapes --k 50 --json" : "runs/mine ~/pictures --solver sgd --views 10 --json",
            ],
            Notes =
            [
                "The encoder stays as it is. Labels (class folders) of DATA's training part fit the classifier; "
                + "its test part judges it.",
            ],
        };
        var options = new OptionSet<EvaluationRequest>(command, new() { Run = "", Data = "", Protocol = protocol })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K",
                "what to judge: 0 for the encoder, else a layer of the projection head");
        if (isKnn)
        {
            options.Add(o => o.K, (o, v) => o with { K = v }, "N", "neighbors that vote")
                .Add(o => o.Temperature, (o, v) => o with { Temperature = v }, "T", "temperature of the votes");
        }
        else
        {
            DescentOptions.AddTo(options);
        }
        options.Add(o => o.UseViews, (o, v) => o with { UseViews = v }, "V", UseViewsHelp)
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N",
                isKnn ? "images per forward pass" : "images per forward pass, and per step of sgd")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images in pixels; 0: what the run says")
            .AddMachine(o => o.Compute, (o, v) => o with { Compute = v }, "threads that decode; 0 chooses")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "seed of the classifier and of the random encoder")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "use at most N training images; 0 means all")
            .AddFlag("--no-baselines", o => o with { Baselines = false }, "do not measure raw pixels and a random encoder");
        return command.Does((session, parsed) =>
        {
            DescentOptions.Require(options, parsed);
            return Evaluate(session, options.Read(parsed));
        });
    }

    private static int Evaluate(Session session, EvaluationRequest request)
    {
        var result = StageProgress.Run(session, stage =>
        {
            var evaluated = RunEvaluation.Evaluate(request, [request.Protocol], stage, session.Cancellation);
            if (evaluated is { Layer: 0, UseViews: 1 }) RunGallery.Draw(evaluated, stage);
            return evaluated.Results[0];
        });
        session.NoteUnreadable(result.UnreadableImages);
        var report = RunReport.Write(request.Run);
        session.Results.Write(EvaluationTable.Of([result], RunFolder.Open(request.Run).ReadConfig().IsImported));
        session.Results.WriteLine(DataLines.Of(result.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(result.TestCount)} test images. Report: {report}");
        session.WriteJson(result.ToJson());
        return ExitCode.Done;
    }
}
