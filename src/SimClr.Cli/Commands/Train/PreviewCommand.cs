using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Datasets;
using SimClr.Images;
using SimClr.Pretraining;
using SimClr.Reports;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr preview DATA</c>.</summary>
internal static class PreviewCommand
{
    public static Command Build(string name, string description)
    {
        var data = Arguments.Data();
        var count = new ValueOption("--count", "N", "pictures, one row each") { Default = "6" };
        var views = new ValueOption("--views", "N", "augmented views beside each picture") { Default = "8" };
        var each = new FlagOption("--each", "instead of views, a column for each transform by name: all, or those of --transforms");
        var destination = new ValueOption("--out", "FILE.png", "the picture to write") { Default = "preview.png" };
        var command = new Command(name, description)
        {
            data, count, views, each, destination,
        };
        var settings = new SettingOptions(command, SettingOptions.OfViews);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["DATA [options]"],
        [
            "shapes",
            "cifar10:data/cifar-10-batches-bin --preset cifar10-cpu --out views.png",
            "~/pictures --each --image-size 128",
            "~/pictures --count 4 --image-size 224 --color-strength 0.5",
        ]);
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var options = settings.Compose(parsed);
            var (rows, columns) = (count.Whole(parsed, 6, 1), views.Whole(parsed, 8, 1));
            var file = destination.Text(parsed) ?? destination.Default!;
            using var output = Output.Begin(file, makesFolder: true)!;
            var pictures = DatasetSource.Open(parsed.GetValue(data)!, options.ImageSize).Train;
            var named = settings.Given(parsed).Contains("--transforms") ? options.Transforms.Split(',') : TransformNames.All;
            var grid = parsed.GetValue(each)
                ? PreviewGrid.RenderTransforms(pictures, options, named, rows)
                : PreviewGrid.Render(pictures, options, rows, columns);
            output.Complete(ImageCodec.EncodePng(grid));
            session.Results.WriteLine($"{file}: {grid.Width} x {grid.Height} pixels, a row for each picture.");
            var json = new JsonObject { ["file"] = file, ["width"] = grid.Width, ["height"] = grid.Height };
            session.WriteJson(json.ToJsonString());
            return ExitCode.Done;
        });
        return command;
    }
}
