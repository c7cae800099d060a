using System.CommandLine;
using System.Text.Json;
using SimClr.Cli.Display;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr bench</c>: measures this machine.</summary>
internal static class BenchCommand
{
    public static Command Build(string name, string description) => new PageCommand(name, description)
    {
        Usage =
        [
            "augment [DATA] [options]", "step [DATA] [options]", "loss [options]", "knn [options]", "search [options]",
            "embed RUN DATA [options]", "duplicates RUN DATA [options]", "retrieval RUN DATA [options]",
        ],
        Examples =
            ["augment --size 224 --blur --json", "step --encoder resnet18 --batch-size 128", "loss --n 4096", "knn --k 20"],
        Subcommands =
        {
            TrainingBenches.Augment(), TrainingBenches.Step(), KernelBenches.Loss(), KernelBenches.Knn(), VectorBenches.Search(),
            VectorBenches.Embed(), BenchQualityCommands.Duplicates(), BenchQualityCommands.Retrieval(),
        },
    };

    /// <summary>Measures, and shows the result or prints it as JSON.</summary>
    public static int Measured<T>(Session session, Func<IProgress<string>, CancellationToken, T> measure, Action<Session, T> show)
    {
        var result = StageProgress.Run(session, stage => measure(stage, session.Cancellation));
        show(session, result);
        session.WriteJson(JsonSerializer.Serialize(result));
        return ExitCode.Done;
    }
}
