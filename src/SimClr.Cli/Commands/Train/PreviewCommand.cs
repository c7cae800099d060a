using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Settings;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr preview DATA</c>.</summary>
internal static class PreviewCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["DATA [options]"],
            Examples =
            [
                "shapes",
                "cifar10:data/cifar-10-batches-bin --preset cifar10-cpu --out views.png",
                "~/pictures --each --image-size 128",
                "~/pictures --count 4 --image-size 224 --color-strength 0.5",
            ],
        };
        var data = command.Take(Arguments.Data());
        var count = command.Take(new ValueOption<int>("--count", "N", "images, one row each", 6, ValueReader.AtLeast(1)));
        var views = command.Take(new ValueOption<int>(
            "--views", "N", "augmented views beside each image", 8, ValueReader.AtLeast(1)));
        var each = command.Take(new FlagOption("--each",
            "instead of views, a column for each transform by name: all, or those of --transforms"));
        var destination = command.Take(new ValueOption<string>("--out", "FILE.png", "the image to write", "preview.png"));
        var settings = SettingOptions.OfViews(command);
        return command.Does((session, parsed) =>
        {
            var options = settings.Compose(parsed);
            var (rows, columns, file) = (parsed.GetValue(count), parsed.GetValue(views), parsed.GetValue(destination)!);
            using var output = Output.Begin(file, makesFolder: true)!;
            var opened = new OpenedData(parsed.GetValue(data)!);
            var images = opened.At(options.Model.DrawnSide).Train;
            var named = settings.Given(parsed).Contains("--transforms")
                ? options.Views.Transforms.Split(',')
                : TransformNames.All;
            var grid = parsed.GetValue(each)
                ? PreviewGrid.RenderTransforms(images, options, named, rows)
                : PreviewGrid.Render(images, options, rows, columns);
            output.Complete(ImageCodec.EncodePng(grid));
            foreach (var line in FirstWords.OfPreset(opened, settings.Given(parsed))) session.Note(line);
            session.Results.WriteLine($"{file}: {grid.Width} x {grid.Height} pixels, a row for each image.");
            var json = new JsonObject { ["file"] = file, ["width"] = grid.Width, ["height"] = grid.Height };
            session.WriteJson(json.ToJsonString());
            return ExitCode.Done;
        });
    }
}
