using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Evaluation;
using SimClr.Reports;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr evaluate gallery RUN DATA</c>.</summary>
internal static class GalleryCommand
{
    private const int Most = 5000;

    public static Command Build()
    {
        var defaults = new EvaluationRequest { Run = "", Data = "" };
        var (run, data) = (Arguments.Run(), Arguments.Data());
        var batch = new ValueOption("--batch-size", "N", "pictures per forward pass") { Default = $"{defaults.BatchSize}" };
        var size = new ValueOption("--image-size", "PX", "side of the pictures in pixels; 0: what the run says")
        {
            Default = $"{defaults.ImageSize}",
        };
        var seed = new ValueOption("--seed", "N", "decides which pictures are shown") { Default = $"{defaults.Seed}" };
        var limit = new ValueOption("--limit", "N", "compare at most N pictures; 0 means all") { Default = $"{Most}" };
        var command = new Command("gallery", "Draw pictures beside their nearest neighbours, and a map of pictures; needs no labels.")
        {
            run, data, batch, size, seed, limit,
        };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN DATA [options]"], ["runs/mine ~/pictures"],
            "For the test part of DATA, or all of it where it has none. The pictures are neighbors.png and map.png in the run folder, and on "
            + "its report.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var request = new EvaluationRequest
            {
                Run = parsed.GetValue(run)!,
                Data = parsed.GetValue(data)!,
                BatchSize = batch.Whole(parsed, defaults.BatchSize),
                ImageSize = size.Whole(parsed, defaults.ImageSize),
                Seed = seed.Seed(parsed, defaults.Seed),
                Limit = limit.Whole(parsed, Most),
            };
            var count = StageProgress.Run(session, stage => RunGallery.Draw(request, stage, session.Cancellation));
            var report = RunReport.Write(request.Run);
            var shown = RunRecord.Read(request.Run).Gallery!;
            session.Results.WriteLine(DataLines.Of(shown.MeasuredOn));
            session.Results.WriteLine($"{Numbers.Count(count)} pictures compared. Report: {report}");
            var json = JsonNode.Parse(shown.ToJson())!.AsObject();
            json["report"] = report;
            session.WriteJson(json.ToJsonString());
            return ExitCode.Done;
        });
        return command;
    }
}
