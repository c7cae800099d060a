using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Models;
using SimClr.Pretrained;
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
            Usage = ["FILE --out RUN [options]", "imagenet-resnet18 [--out RUN]"],
            Examples = ["resnet50.safetensors --out runs/resnet50", "moco.safetensors --prefix module.encoder_q --out runs/moco",
                "resnet18.onnx --out runs/resnet18", "imagenet-resnet18", "hf:timm/resnet18.a1_in1k --out runs/timm"],
            Notes =
            [
                "Depth, width, stem and selective kernels are recognized from the tensors. Classifiers and heads in the file are "
                + "ignored and listed.",
                "An ONNX file is recognized by the structure of its graph, and so is what the graph does to pixels first. Where "
                + "that is done outside of the graph, --pixel-mean, --pixel-deviation and --blue-first say it: the network then "
                + "takes pixels from 0 to 255, less the mean, divided by the deviation.",
                "hf:OWNER/NAME is a model on a Hugging Face hub, with @REVISION for a branch, tag or commit and :FILE for one of "
                + "several files. HF_ENDPOINT, HF_HOME, HF_TOKEN and HF_HUB_OFFLINE are obeyed. A web address needs --sha256.",
            ],
        };
        var file = command.Take(new Argument<string>("FILE")
        {
            Description = "a safetensors file of torchvision or timm, an ONNX file with a ResNet, imagenet-resnet18, "
                + "hf:OWNER/NAME, or a web address",
        });
        command.WebAddress = file;
        var destination = command.Take(new ValueOption<string?>("--out", "RUN", "the run folder to make"));
        var hash = command.Take(new ValueOption<string?>(
            "--sha256", "HEX", "the SHA-256 that a fetched file must have; needed with a web address"));
        var options = new OptionSet<ImportOptions>(command, new())
            .Add(o => o.Prefix, (o, v) => o with { Prefix = v }, "TEXT",
                "what stands before the encoder's names; found by itself if it can")
            .Add(o => o.ImageSize, (o, v) => o with { ImageSize = v }, "PX",
                "side of the images it is used to; by default by file or stem", shown: "")
            .Add(o => o.Normalization is { } kind ? SettingChoices.Normalization.WordOf(kind) : "",
                (o, v) => o with { Normalization = v == "" ? null : SettingChoices.Normalization.Parse(v) }, "NAME",
                "of pixels: none, imagenet, cifar10 or half; by default by file or stem", "--normalization")
            .Add(o => Input(o).Mean, (o, v) => o with { Input = Input(o) with { Mean = v } }, "R,G,B",
                "what an ONNX network expects to be subtracted from pixels, 0 to 255", "--pixel-mean", "", ValueReader.Channels)
            .Add(o => Input(o).Deviation, (o, v) => o with { Input = Input(o) with { Deviation = v } }, "R,G,B",
                "what an ONNX network expects pixels to be divided by then", "--pixel-deviation", "", ValueReader.Channels)
            .AddFlag("--blue-first", o => o with { Input = Input(o) with { IsBlueFirst = true } },
                "an ONNX network takes channels as blue, green, red");
        return command.Does((session, parsed) =>
        {
            if (PretrainedEncoders.Find(parsed.GetValue(file)!) is { } pretrained && !Path.Exists(pretrained.Name))
                return Fetch(session, pretrained, parsed.GetValue(destination));
            var run = parsed.GetValue(destination) ?? throw new UsageException("import needs --out RUN, the folder to write to");
            var (source, sha256) = (parsed.GetValue(file)!, parsed.GetValue(hash));
            var isRemote = RemoteEncoders.IsAddress(source) && !Path.Exists(source);
            if (!isRemote && sha256 is not null) throw new UsageException("--sha256 goes with hf:OWNER/NAME or a web address");
            if (isRemote && sha256 is null && !source.StartsWith(HubAddress.Scheme, StringComparison.Ordinal))
                throw new UsageException("a web address needs --sha256 HEX, so that the file is the one that you mean");
            var imported = isRemote
                ? StageProgress.Run(session, progress => RemoteEncoders.ImportAsync(
                    source, run, sha256, options.Read(parsed), progress, session.Cancellation).GetAwaiter().GetResult())
                : RunWeights.Import(source, run, options.Read(parsed));
            Show(session, imported);
            session.WriteJson(Json(imported).ToJsonString());
            return ExitCode.Done;
        });
    }

    /// <summary>Fetches an encoder that has a name here; with a destination there is a copy to keep.</summary>
    private static int Fetch(Session session, PretrainedEncoder pretrained, string? destination)
    {
        if (destination is not null) RunFolder.RequireUnused(destination);
        var run = NamedEncoders.Get(session, pretrained);
        if (destination is not null)
        {
            Directory.CreateDirectory(destination);
            foreach (var name in (string[])["encoder.safetensors", "LICENSE", "THIRD-PARTY-NOTICES.TXT", "config.json"])
                if (File.Exists(Path.Combine(run, name)))
                    File.Copy(Path.Combine(run, name), Path.Combine(destination, name), overwrite: true);
            run = destination;
        }
        var config = RunFolder.Open(run).ReadConfig();
        var model = config.Options.Model.ToResNet();
        session.Results.WriteLine($"{pretrained.Description}: {model.Name}, {model.FeatureDimension} features, for images of "
            + $"{config.Options.Model.ImageSize.Last} px.");
        session.Results.WriteLine($"License {pretrained.License} ({Path.Combine(run, "LICENSE")}). Kept in {run}.");
        session.Results.WriteLine();
        var named = destination is null ? pretrained.Name : CommandName.Quote(destination);
        session.Results.WriteLine($"Next:  {CommandName.Text} index {named} PICTURES --out PICTURES.index");
        session.WriteJson(new JsonObject
        {
            ["run"] = run,
            ["encoder"] = model.Name,
            ["feature_dimension"] = model.FeatureDimension,
            ["image_size"] = config.Options.Model.ImageSize.Last,
            ["normalization"] = Word(config.Options),
            ["source"] = pretrained.Source,
            ["sha256"] = pretrained.Sha256,
            ["license"] = pretrained.License,
        }.ToJsonString());
        return ExitCode.Done;
    }

    private static NetworkInput Input(ImportOptions options) => options.Input ?? new NetworkInput();

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
        if (imported.Origin.Source is { } source) Line("from", source);
        if (imported.Origin.License is { } license) Line("license", license);
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
        ["source"] = imported.Origin.Source,
        ["license"] = imported.Origin.License,
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
