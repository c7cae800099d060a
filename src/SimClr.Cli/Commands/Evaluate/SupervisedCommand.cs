using System.CommandLine;
using SimClr.Evaluation;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate supervised RUN DATA</c>.</summary>
internal static class SupervisedCommand
{
    public static Command Build()
    {
        var command = new Command("supervised", "Train the run's network from scratch with labels: what SimCLR compares with.");
        var labels = new LabelOptions(command, learningRate: "0.1", weightDecay: "0.0005", transforms: "the run's");
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"],
            [
                "runs/cifar cifar10:data/cifar-10-batches-bin --fraction 0.1",
                "runs/mine ~/pictures --transforms crop,flip --epochs 100",
                "runs/mine ~/pictures --optimizer run",
            ],
            "Of RUN only the settings are used: encoder, picture size and views. What is not given is chosen from the number of "
            + "labels.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = labels.Request(parsed);
            return LabelOptions.Finish(session, request.Run,
                progress => SupervisedTraining.Run(request, progress, session.Cancellation));
        });
        return command;
    }
}
