using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr demo</c>.</summary>
internal static class DemoCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["[options]"],
            Examples = ["", "--out /tmp/demo --quick"],
            Notes =
                ["Needs no data, no labels and no network; takes a few minutes on two cores. Afterwards open DIR/report.html."],
        };
        var destination = command.Take(new ValueOption<string>("--out", "DIR", "folder for the run and its report", "demo"));
        var quick = command.Take(new FlagOption("--quick", "a much shorter run that only shows that everything works"));
        return command.Does((session, parsed) =>
        {
            var (folder, isQuick) = (parsed.GetValue(destination)!, parsed.GetValue(quick));
            var result = session.IsLive
                ? LiveProgress.Run(session, "SimCLR demo",
                    live => Demo.Run(folder, isQuick, live, new StageProgress.Words(live.Stage), session.Cancellation))
                : Demo.Run(folder, isQuick, session.IsQuiet ? null : new LineProgress(session.Note),
                    new StageProgress.Words(session.Note), session.Cancellation);
            return Finish(session, result);
        });
    }

    private static int Finish(Session session, DemoResult result)
    {
        session.Results.Write(EvaluationTable.Of([result.Linear, result.Knn]));
        RunLines.Write(session, result.Pretraining, new OpenedData("shapes"));
        session.Results.WriteLine($"Look at:  {result.Report}");
        session.WriteJson(new JsonObject
        {
            ["report"] = result.Report,
            ["pretrain"] = result.Pretraining.ToJson(),
            ["linear"] = JsonNode.Parse(result.Linear.ToJson()),
            ["knn"] = JsonNode.Parse(result.Knn.ToJson()),
        }.ToJsonString());
        return result.Pretraining.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }
}
