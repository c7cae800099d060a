using System.CommandLine;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate finetune RUN DATA</c>.</summary>
internal static class FinetuneCommand
{
    public static Command Build()
    {
        var command = new PageCommand(
            "finetune", "Train a copy of the encoder further with few labels, beside training from scratch.")
        {
            Usage = ["RUN DATA [options]"],
            Examples =
            [
                "runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.01",
                "runs/mine ~/pictures --per-class 20 --json",
                "runs/v2 ~/pictures --fraction 0.1 --layer 1",
                "runs/mine ~/pictures --labels labels-200-seed1.json",
            ],
            Notes =
            [
                "The run's own encoder stays as it is. What is not given is chosen from the number of labels. Which labels were "
                + "used is written to the run folder; --labels uses the same ones again.",
            ],
        };
        var labels = new LabelOptions(command, learningRate: "0.05", weightDecay: "0", transforms: "crop,flip");
        labels.Request
            .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K",
                "what the classifier stands on: 0 for the encoder, else a layer of the head")
            .AddFlag("--no-baselines", o => o with { Baselines = false },
                "do not train the same network from scratch with the same labels");
        return command.Does((session, parsed) => LabelOptions.Finish(session, labels.Read(parsed), FineTuning.Run));
    }
}
