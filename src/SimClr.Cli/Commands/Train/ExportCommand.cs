using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Onnx;
using SimClr.Runs;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary>
/// <c>simclr export RUN --out FILE</c>: safetensors for Python, or ONNX for everything else. A classifier needs no RUN.
/// </summary>
internal static class ExportCommand
{
    private const string Torchvision = "torchvision", Onnx = "onnx";

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["RUN --out FILE [options]", "--classifier FILE --out FILE.onnx [options]"],
            Examples =
            [
                "runs/mine --out encoder.safetensors", "runs/mine --format onnx --out encoder.onnx --precision fp16",
                "--classifier parts.safetensors --out parts.onnx",
            ],
            Notes =
            [
                "A classifier's file holds its own copy of the encoder, so it needs no RUN; where RUN is given too, its encoder "
                    + "must be the one that the classifier was made with.",
                "In Python: model.load_state_dict(safetensors.torch.load_file(FILE), strict=False). In C#, with ONNX Runtime: "
                + "new InferenceSession(FILE), as samples/OnnxFeatures shows. The file's metadata say which network it is, and "
                + "the size and normalization of the images it is used to.",
            ],
        };
        var run = command.Take(Arguments.OptionalRun());
        var destination = command.Take(new ValueOption<string?>("--out", "FILE", "the file to write: .safetensors or .onnx"));
        var format = command.Take(new ValueOption<string?>("--format", "torchvision|onnx",
            "safetensors with torchvision's names, without fc; or a model for ONNX Runtime", () => "by the file's name"));
        var options = new OptionSet<OnnxExportOptions>(command, new())
            .Add(o => o.Precision, (o, v) => o with { Precision = v }, "fp32|fp16", "ONNX: of the weights and of computing")
            .Add(o => o.Input, (o, v) => o with { Input = v }, "pixels|normalized",
                "ONNX: bytes [N, S, S, 3], which the model normalizes itself, or float32 [N, 3, S, S]")
            .Add(o => o.Classifier, (o, v) => o with { Classifier = v }, "FILE",
                "ONNX: a classifier that train-classifier made; the model then gives probabilities too");
        return command.Does((session, parsed) =>
        {
            var (folder, chosen) = (parsed.GetValue(run), options.Read(parsed));
            if (folder is null && chosen.Classifier is null) throw new UsageException("export needs RUN, or --classifier FILE");
            var file = parsed.GetValue(destination) ?? throw new UsageException("export needs --out FILE, the file to write");
            var isOnnx = IsOnnx(parsed.GetValue(format), file);
            if (!isOnnx && options.Given(parsed).Any())
                throw new UsageException($"--precision, --input and --classifier are for --format {Onnx}");
            var metadata = isOnnx ? OnnxExport.Write(folder, file, chosen) : RunWeights.Export(folder!, file);
            session.Results.WriteLine(Line(file, metadata));
            session.WriteJson(new JsonObject
            {
                ["file"] = file,
                ["format"] = isOnnx ? Onnx : Torchvision,
                ["bytes"] = new FileInfo(file).Length,
                ["metadata"] = JsonSerializer.SerializeToNode(metadata),
            }.ToJsonString());
            return ExitCode.Done;
        });
    }

    private static bool IsOnnx(string? format, string file)
    {
        switch (format)
        {
            case null:
                return Path.GetExtension(file) == ".onnx";
            case Torchvision:
                return false;
            case Onnx when Path.GetExtension(file) != ".safetensors": // the run's own encoder among them
                return true;
            case Onnx:
                throw new UsageException($"--format {Onnx} does not write .safetensors; call the file .onnx");
            default:
                throw new UsageException($"--format must be {Torchvision} or {Onnx}, not '{format}'");
        }
    }

    private static string Probabilities(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue("classes", out var names)
            ? $" and probabilities of {JsonSerializer.Deserialize<string[]>(names)!.Length} classes"
            : "";

    private static string Line(string file, IReadOnlyDictionary<string, string> metadata)
    {
        var kernels = metadata["selective_kernels"] == "true" ? "selective kernels, " : "";
        var model = metadata.TryGetValue("input", out var input)
            ? $" Takes {input}, gives h of {metadata["feature_dimension"]} numbers{Probabilities(metadata)}; "
                + $"computes in {metadata["precision"]}."
            : "";
        return $"{file}: {metadata["encoder"]} of width {metadata["width"]}, {kernels}{metadata["stem"]} stem, "
            + $"for images of {metadata["image_size"]} px with normalization {metadata["normalization"]}.{model}";
    }
}
