using System.CommandLine;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate supervised RUN DATA</c>.</summary>
internal static class SupervisedCommand
{
    public static Command Build()
    {
        var command = new PageCommand(
            "supervised", "Train the run's network from scratch with labels: what SimCLR compares with.")
        {
            Usage = ["RUN DATA [options]"],
            Examples =
            [
                "runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.1",
                "runs/mine ~/pictures --transforms crop,flip --epochs 100",
                "runs/mine ~/pictures --optimizer run",
            ],
            Notes =
            [
                "Of RUN only the settings are used: encoder, image size and views. What is not given is chosen from the number "
                + "of labels.",
            ],
        };
        var labels = new LabelOptions(command, learningRate: "0.1", weightDecay: "0.0005", transforms: "the run's");
        return command.Does((session, parsed) => LabelOptions.Finish(session, labels.Read(parsed), SupervisedTraining.Run));
    }
}
