using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Runs;
using SimClr.Settings;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr import FILE --out RUN</c>.</summary>
internal static class ImportCommand
{
    private const int NamesShown = 6;

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["FILE --out RUN [options]"],
            Examples = ["resnet50.safetensors --out runs/resnet50", "moco.safetensors --prefix module.encoder_q --out runs/moco"],
            Notes =
            [
                "Depth, width, stem and selective kernels are recognized from the tensors. Classifiers and heads in the file are "
                + "ignored and listed.",
            ],
        };
        var file = command.Take(new Argument<string>("FILE")
        {
            Description = "a safetensors file with a ResNet of torchvision or timm",
        });
        var destination = command.Take(new ValueOption<string?>("--out", "RUN", "the run folder to make"));
        var options = new OptionSet<ImportOptions>(command, new())
            .Add(o => o.Prefix, (o, v) => o with { Prefix = v }, "TEXT",
                "what stands before the encoder's names; found by itself if it can")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images it is used to; by default by file or stem", shown: "")
            .Add(o => o.Normalization is { } kind ? SettingChoices.Normalization.WordOf(kind) : "",
                (o, v) => o with { Normalization = v == "" ? null : SettingChoices.Normalization.Parse(v) }, "NAME",
                "of pixels: none, imagenet or cifar10; by default by file or stem", "--normalization");
        return command.Does((session, parsed) =>
        {
            var run = parsed.GetValue(destination) ?? throw new UsageException("import needs --out RUN, the folder to write to");
            var imported = RunWeights.Import(parsed.GetValue(file)!, run, options.Read(parsed));
            Show(session, imported);
            session.WriteJson(Json(imported).ToJsonString());
            return ExitCode.Done;
        });
    }

    private static void Show(Session session, ImportedRun imported)
    {
        var (report, options) = (imported.Report, imported.Options);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Line(string name, string value) => grid.AddRow(new Markup($"[gray]{name}[/]"), new Text(value));
        Line("run", imported.Run);
        Line("encoder", $"{report.Description}, {options.Model.ToResNet().FeatureDimension} features");
        Line("images", $"{options.Model.ImageSize} px, normalization {Word(options)}");
        Line("matched", $"{report.Matched.Count} tensors{(report.Prefix == "" ? "" : $" behind '{report.Prefix}'")}");
        Line("missing", "none");
        Line("ignored", Names(report.Ignored));
        session.Results.Write(grid);
        session.Results.WriteLine();
        session.Results.WriteLine($"Next:  {CommandName.Text} evaluate linear {CommandName.Quote(imported.Run)} DATA");
    }

    private static string Names(IReadOnlyList<string> names)
    {
        var counts = names.Count(name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        var others = names.Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToList();
        var shown = others.Take(NamesShown).ToList();
        if (others.Count > NamesShown) shown.Add($"{others.Count - NamesShown} more");
        if (counts > 0) shown.Add($"{counts} x num_batches_tracked");
        return shown.Count == 0 ? "none" : string.Join(", ", shown);
    }

    private static JsonObject Json(ImportedRun imported) => new()
    {
        ["run"] = imported.Run,
        ["file"] = imported.Origin.File,
        ["sha256"] = imported.Origin.Sha256,
        ["encoder"] = imported.Options.Model.ToResNet().Name,
        ["width"] = imported.Options.Model.Width,
        ["stem"] = SettingChoices.Stem.WordOf(imported.Options.Model.Stem),
        ["selective_kernels"] = imported.Options.Model.SelectiveKernels,
        ["feature_dimension"] = imported.Options.Model.ToResNet().FeatureDimension,
        ["image_size"] = imported.Options.Model.ImageSize.Last,
        ["normalization"] = Word(imported.Options),
        ["prefix"] = imported.Report.Prefix,
        ["matched"] = imported.Report.Matched.Count,
        ["missing"] = List(imported.Report.Missing),
        ["ignored"] = List(imported.Report.Ignored),
    };

    private static string Word(PretrainingOptions options) => SettingChoices.Normalization.WordOf(options.Model.Normalization);

    private static JsonArray List(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];
}
