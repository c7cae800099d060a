using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Pretraining;
using SimClr.Reports;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate PROTOCOL RUN DATA</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Build(string name, string description)
    {
        var command = new Command(name, description)
        {
            Protocol("linear", "Train a linear classifier on frozen features."),
            Protocol("knn", "Let the nearest training pictures vote."),
            FinetuneCommand.Build(),
            SupervisedCommand.Build(),
            GalleryCommand.Build(),
        };
        HelpText.Describe(command, ["PROTOCOL RUN DATA [options]"],
            ["linear runs/cifar cifar10:data/cifar-10-batches-bin", "linear runs/shapes shapes --solver sgd",
                "knn runs/shapes shapes --k 50",
                "finetune runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.01", "gallery runs/mine ~/pictures"]);
        return command;
    }

    private static Command Protocol(string protocol, string description)
    {
        var defaults = new EvaluationRequest { Run = "", Data = "" };
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var command = new Command(protocol, description) { run, data };
        ValueOption Add(string name, string value, string help, object shown)
        {
            var option = new ValueOption(name, value, help) { Default = FormattableString.Invariant($"{shown}") };
            command.Options.Add(option);
            return option;
        }
        var isKnn = protocol == "knn";
        var layer = Add("--layer", "K", "what to judge: 0 for the encoder, else a layer of the projection head", defaults.Layer);
        var k = isKnn ? Add("--k", "N", "neighbours that vote", defaults.K) : null;
        var temperature = isKnn ? Add("--temperature", "T", "temperature of the votes", defaults.Temperature) : null;
        var sgd = isKnn ? null : new DescentOptions(Add, defaults);
        var batch = Add("--batch-size", "N", isKnn ? "pictures per forward pass" : "pictures per forward pass, and per step of sgd",
            defaults.BatchSize);
        var size = Add("--image-size", "PX", "side of the pictures in pixels; 0: what the run says", defaults.ImageSize);
        var precision = Add("--precision", "NAME", "fp32, bf16 or auto", defaults.Precision);
        var device = Add("--device", "NAME", "cpu, cuda, cuda:N or auto", defaults.Device);
        var threads = Add("--threads", "N", "threads of one tensor operation; 0 means all cores", defaults.Threads);
        var workers = Add("--workers", "N", "threads that decode; 0 chooses", defaults.Workers);
        var seed = Add("--seed", "N", "seed of the classifier and of the random encoder", defaults.Seed);
        var limit = Add("--limit", "N", "use at most N training pictures; 0 means all", defaults.Limit);
        var alone = new FlagOption("--no-baselines", "do not measure raw pixels and a random encoder");
        command.Options.Add(alone);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"],
            ["runs/shapes shapes", isKnn ? "runs/shapes shapes --k 50 --json" : "runs/mine ~/pictures --solver sgd --views 10 --json"],
            "The encoder stays as it is. Labels (class folders) of DATA's training part fit the classifier; "
            + "its test part judges it.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = new EvaluationRequest
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                Protocol = sgd?.Protocol(parsed) ?? protocol,
                Layer = layer.Whole(parsed, defaults.Layer),
                K = k?.Whole(parsed, defaults.K) ?? defaults.K,
                Temperature = temperature?.Number(parsed, defaults.Temperature) ?? defaults.Temperature,
                Epochs = sgd?.Epochs.Whole(parsed, defaults.Epochs) ?? defaults.Epochs,
                LearningRate = sgd?.LearningRate.Number(parsed, defaults.LearningRate) ?? defaults.LearningRate,
                Views = sgd?.Views.Whole(parsed, defaults.Views) ?? defaults.Views,
                Baselines = !parsed.GetValue(alone),
                BatchSize = batch.Whole(parsed, defaults.BatchSize),
                ImageSize = size.Whole(parsed, defaults.ImageSize),
                Precision = precision.Text(parsed) ?? defaults.Precision,
                Device = device.Text(parsed) ?? defaults.Device,
                Threads = threads.Whole(parsed, defaults.Threads),
                Workers = workers.Whole(parsed, defaults.Workers),
                Seed = seed.Seed(parsed, defaults.Seed),
                Limit = limit.Whole(parsed, defaults.Limit),
            };
            return Evaluate(session, request);
        });
        return command;
    }

    private static int Evaluate(Session session, EvaluationRequest request)
    {
        var result = StageProgress.Run(session, stage => RunEvaluation.Evaluate(request, stage, session.Cancellation));
        if (result.UnreadablePictures > 0)
            session.Note($"{Numbers.Count(result.UnreadablePictures)} pictures cannot be read and were left out.");
        var report = RunReport.Write(request.Run);
        session.Results.Write(EvaluationTable.Of([result], RunFolder.Open(request.Run).ReadConfig().IsImported));
        session.Results.WriteLine(DataLines.Of(result.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(result.TestCount)} test pictures. Report: {report}");
        session.WriteJson(result.ToJson());
        return ExitCode.Done;
    }
}
