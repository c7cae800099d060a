using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Reporting;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate gallery RUN DATA</c>.</summary>
internal static class GalleryCommand
{
    private const int Most = 5000;

    public static Command Build()
    {
        var command = new PageCommand(
            "gallery", "Draw pictures beside their nearest neighbours, and a map of pictures; needs no labels.")
        {
            Usage = ["RUN DATA [options]"],
            Examples = ["runs/mine ~/pictures"],
            Notes =
            [
                "For the test part of DATA, or all of it where it has none. The pictures are neighbors.png and map.png in the run "
                + "folder, and on its report.",
            ],
        };
        var options = new OptionSet<EvaluationRequest>(command, new() { Run = "", Data = "", Limit = Most })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N", "pictures per forward pass")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the pictures in pixels; 0: what the run says")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "decides which pictures are shown")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "compare at most N pictures; 0 means all");
        return command.Does((session, parsed) => Draw(session, options.Read(parsed)));
    }

    private static int Draw(Session session, EvaluationRequest request)
    {
        var count = StageProgress.Run(session, stage => RunGallery.Draw(request, stage, session.Cancellation));
        var report = RunReport.Write(request.Run);
        var shown = RunRecord.Read(request.Run).Gallery!;
        session.Results.WriteLine(DataLines.Of(shown.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(count)} pictures compared. Report: {report}");
        var json = JsonNode.Parse(shown.ToJson())!.AsObject();
        json["report"] = report;
        session.WriteJson(json.ToJsonString());
        return ExitCode.Done;
    }
}
