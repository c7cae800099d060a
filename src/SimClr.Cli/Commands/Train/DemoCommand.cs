using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr demo</c>.</summary>
internal static class DemoCommand
{
    public static Command Build(string name, string description)
    {
        var destination = new ValueOption("--out", "DIR", "folder for the run and its report") { Default = "demo" };
        var quick = new FlagOption("--quick", "a much shorter run that only shows that everything works");
        var command = new Command(name, description)
        {
            destination, quick,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["[options]"], ["", "--out /tmp/demo --quick"],
            "Needs no data, no labels and no network; takes a few minutes on two cores. Afterwards open DIR/report.html.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var (folder, isQuick) = (destination.Text(parsed) ?? destination.Default, parsed.GetValue(quick));
            var result = session.IsLive
                ? LiveProgress.Run(session, "SimCLR demo",
                    live => Demo.Run(folder, isQuick, live, new StageProgress.Words(live.Stage), session.Cancellation))
                : Demo.Run(folder, isQuick, session.IsQuiet ? null : new LineProgress(session.Note),
                    new StageProgress.Words(session.Note), session.Cancellation);
            return Finish(session, result);
        });
        return command;
    }

    private static int Finish(Session session, DemoResult result)
    {
        session.Results.Write(EvaluationTable.Of([result.Linear, result.Knn]));
        RunLines.Write(session, result.Pretraining, "shapes");
        session.Results.WriteLine($"Look at:  {result.Report}");
        session.WriteJson(new JsonObject
        {
            ["report"] = result.Report,
            ["pretrain"] = JsonSerializer.SerializeToNode(result.Pretraining),
            ["linear"] = JsonNode.Parse(result.Linear.ToJson()),
            ["knn"] = JsonNode.Parse(result.Knn.ToJson()),
        }.ToJsonString());
        return result.Pretraining.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }
}
