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
    private const int Max = 5000;

    public static Command Build()
    {
        var command = new PageCommand(
            "gallery", "Draw images beside their nearest neighbors, and a map of images; needs no labels.")
        {
            Usage = ["RUN DATA [options]"],
            Examples = ["runs/mine ~/pictures"],
            Notes =
            [
                "For the test part of DATA, or all of it where it has none. The images are neighbors.png and map.png in the run "
                + "folder, and on its report.",
            ],
        };
        var options = new OptionSet<EvaluationRequest>(command, new() { Run = "", Data = "", Limit = Max })
            .Add(Arguments.Run(), (o, v) => o with { Run = v })
            .Add(Arguments.Data(), (o, v) => o with { Data = v })
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N", "images per forward pass")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images in pixels; 0: what the run says")
            .Add(o => o.Seed, (o, v) => o with { Seed = v }, "N", "decides which images are shown")
            .Add(o => o.Limit, (o, v) => o with { Limit = v }, "N", "compare at most N images; 0 means all");
        return command.Does((session, parsed) => Draw(session, options.Read(parsed)));
    }

    private static int Draw(Session session, EvaluationRequest request)
    {
        var count = StageProgress.Run(session, stage => RunGallery.Draw(request, stage, session.Cancellation));
        var report = RunReport.Write(request.Run);
        var shown = RunRecord.Read(request.Run).Gallery!;
        session.Results.WriteLine(DataLines.Of(shown.MeasuredOn));
        session.Results.WriteLine($"{Numbers.Count(count)} images compared. Report: {report}");
        var json = JsonNode.Parse(shown.ToJson())!.AsObject();
        json["report"] = report;
        session.WriteJson(json.ToJsonString());
        return ExitCode.Done;
    }
}
