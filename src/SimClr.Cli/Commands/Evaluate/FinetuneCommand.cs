using System.CommandLine;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate finetune RUN DATA</c>.</summary>
internal static class FinetuneCommand
{
    public static Command Build()
    {
        var command = new Command(
            "finetune", "Train a copy of the encoder further with few labels, beside training from scratch.");
        var layer = new ValueOption("--layer", "K", "what the classifier stands on: 0 for the encoder, else a layer of the head")
        {
            Default = "0",
        };
        var alone = new FlagOption("--no-baselines", "do not train the same network from scratch with the same labels");
        command.Options.Add(layer);
        command.Options.Add(alone);
        var labels = new LabelOptions(command, learningRate: "0.05", weightDecay: "0", transforms: "crop,flip");
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"],
            [
                "runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.01",
                "runs/mine ~/pictures --per-class 20 --json",
                "runs/v2 ~/pictures --fraction 0.1 --layer 1",
                "runs/mine ~/pictures --labels labels-200-seed1.json",
            ],
            "The run's own encoder stays as it is. What is not given is chosen from the number of labels. Which labels were used "
            + "is written to the run folder; --labels uses the same ones again.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = labels.Request(parsed) with { Layer = layer.Whole(parsed, 0), Baselines = !parsed.GetValue(alone) };
            return LabelOptions.Finish(session, request.Run,
                progress => FineTuning.Run(request, progress, session.Cancellation));
        });
        return command;
    }
}
