using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Pretraining;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr export RUN --out FILE.safetensors</c>.</summary>
internal static class ExportCommand
{
    private const string Torchvision = "torchvision";

    public static Command Build(string name, string description)
    {
        var run = Arguments.Run();
        var destination = new ValueOption("--out", "FILE", "the safetensors file to write");
        var format = new ValueOption("--format", "NAME", "torchvision: its ResNet's names, without fc") { Default = Torchvision };
        var command = new Command(name, description) { run, destination, format };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["RUN --out FILE [options]"], ["runs/mine --out encoder.safetensors"],
            "In Python: model.load_state_dict(safetensors.torch.load_file(FILE), strict=False). Its metadata say which network "
            + "it is, and the size and normalization of the pictures it is used to.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            var file = destination.Text(parsed) ?? throw new UsageException("export needs --out FILE, the file to write");
            if ((format.Text(parsed) ?? Torchvision) is var name && name != Torchvision)
                throw new UsageException($"--format must be {Torchvision}, not '{name}'");
            var metadata = RunWeights.Export(parsed.GetValue(run)!, file);
            var kernels = metadata["selective_kernels"] == "true" ? "selective kernels, " : "";
            session.Results.WriteLine(
                $"{file}: {metadata["encoder"]} of width {metadata["width"]}, {kernels}{metadata["stem"]} stem, "
                + $"for pictures of {metadata["image_size"]} px with normalization {metadata["normalization"]}.");
            session.WriteJson(new JsonObject
            {
                ["file"] = file,
                ["format"] = Torchvision,
                ["bytes"] = new FileInfo(file).Length,
                ["metadata"] = JsonSerializer.SerializeToNode(metadata),
            }.ToJsonString());
            return ExitCode.Done;
        });
        return command;
    }
}
