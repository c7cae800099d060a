using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Export;
using SimClr.Pretraining;
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
        var run = Arguments.OptionalRun();
        var destination = new ValueOption("--out", "FILE", "the file to write: .safetensors or .onnx");
        var format = new ValueOption("--format", "torchvision|onnx",
            "safetensors with torchvision's names, without fc; or a model for ONNX Runtime")
        {
            Default = "by the file's name",
        };
        var precision = new ValueOption("--precision", "fp32|fp16", "ONNX: of the weights and of computing") { Default = "fp32" };
        var input = new ValueOption("--input", "pixels|normalized",
            "ONNX: bytes [N, S, S, 3], which the model normalizes itself, or float32 [N, 3, S, S]")
        {
            Default = "pixels",
        };
        var classifier = new ValueOption("--classifier", "FILE",
            "ONNX: a classifier that train-classifier made; the model then gives probabilities too");
        var command = new Command(name, description) { run, destination, format, precision, input, classifier };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN --out FILE [options]", "--classifier FILE --out FILE.onnx [options]"],
            [
                "runs/mine --out encoder.safetensors", "runs/mine --format onnx --out encoder.onnx --precision fp16",
                "--classifier parts.safetensors --out parts.onnx",
            ],
            "A classifier's file holds its own copy of the encoder, so it needs no RUN; where RUN is given too, its encoder must be "
            + "the classifier's.",
            "In Python: model.load_state_dict(safetensors.torch.load_file(FILE), strict=False). In C#, with ONNX Runtime: "
            + "new InferenceSession(FILE), as samples/OnnxFeatures shows. The file's metadata say which network it is, and the "
            + "size and normalization of the pictures it is used to.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var folder = parsed.GetValue(run);
            if (folder is null && classifier.Text(parsed) is null)
                throw new UsageException("export needs RUN, or --classifier FILE");
            var file = destination.Text(parsed) ?? throw new UsageException("export needs --out FILE, the file to write");
            var isOnnx = IsOnnx(format.Text(parsed), file);
            if (!isOnnx && (precision.Text(parsed) ?? input.Text(parsed) ?? classifier.Text(parsed)) is not null)
                throw new UsageException($"--precision, --input and --classifier are for --format {Onnx}");
            var defaults = new OnnxExportOptions();
            var metadata = isOnnx
                ? OnnxExport.Write(folder, file, new OnnxExportOptions
                {
                    Precision = precision.Text(parsed) ?? defaults.Precision,
                    Input = input.Text(parsed) ?? defaults.Input,
                    Classifier = classifier.Text(parsed),
                })
                : RunWeights.Export(folder!, file);
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
        return command;
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
            + $"for pictures of {metadata["image_size"]} px with normalization {metadata["normalization"]}.{model}";
    }
}
