using System.Text.Json;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>simclr train-classifier</c>, <c>simclr classify</c> and <c>simclr export --classifier</c> in turn.</summary>
public sealed class ClassifierCommandTests : IDisposable
{
    private readonly ColoredImages _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public async Task Commands_make_a_classifier_use_it_and_export_it()
    {
        var (code, output, error) = await CliProcess.Run("train-classifier", _images.Run, _images.Data, "--quiet", "--json");
        Assert.True(code == 0, error);
        var made = JsonDocument.Parse(output).RootElement;
        var file = Path.Combine(_images.Run, "classifier.safetensors");
        Assert.Equal(file, made.GetProperty("file").GetString());
        Assert.Equal(24, made.GetProperty("pictures").GetInt32());
        Assert.Equal(JsonValueKind.Number, made.GetProperty("calibrated").GetProperty("calibration_error").ValueKind);
        Assert.Contains("Cross-validated: ", error, StringComparison.Ordinal);
        Assert.Contains("Warning: ", error, StringComparison.Ordinal);

        var red = Path.Combine(_images.Data, "red", "001.png");
        var green = Path.Combine(_images.Data, "green");
        File.WriteAllText(Path.Combine(green, "bad.png"), "not an image");
        (code, output, error) = await CliProcess.Run("classify", file, red, green, "--top", "2");
        Assert.True(code == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(9, lines.Length);
        Assert.Matches(@"^.*001\.png: red \d+\.\d %, .* \d+\.\d %$", lines[0]);
        Assert.Contains("bad.png", error, StringComparison.Ordinal);

        (code, output, error) = await CliProcess.Run("classify", file, red, "--json", "--quiet", "--top", "99");
        Assert.True(code == 0, error);
        var image = JsonDocument.Parse(output).RootElement.GetProperty("pictures")[0];
        Assert.Equal(1, image.GetProperty("classes").EnumerateArray()
            .Sum(one => one.GetProperty("probability").GetDouble()), 1e-9);

        (code, output, error) = await CliProcess.Run(
            "classify", file, green, "--out", _images.At("p.csv"), "--json", "--quiet");
        Assert.True(code == 0, error);
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("unreadable_pictures").GetInt32());
        Assert.Equal(9, File.ReadAllLines(_images.At("p.csv")).Length);

        (code, output, error) = await CliProcess.Run(
            "export", _images.Run, "--classifier", file, "--out", _images.At("mine.onnx"));
        Assert.True(code == 0, error);
        Assert.Contains("gives h of 128 numbers and probabilities of 3 classes", string.Join(' ', output.Split((char[]?)null,
            StringSplitOptions.RemoveEmptyEntries)));

        (code, _, error) = await CliProcess.Run("export", "--classifier", file, "--out", _images.At("alone.onnx"));
        Assert.True(code == 0, error);
        Assert.Equal(File.ReadAllBytes(_images.At("mine.onnx")), File.ReadAllBytes(_images.At("alone.onnx")));

        CliProcess.FailedInOneLine(
            await CliProcess.Run("export", "--out", "x.onnx"), 2, "export needs RUN, or --classifier FILE");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("export", "--classifier", file, "--out", "x.safetensors"), 2, "are for --format onnx");
        CliProcess.FailedInOneLine(await CliProcess.Run("classify", file, "gone.png"), 1, "gone.png");
        CliProcess.FailedInOneLine(await CliProcess.Run("classify", red, red), 1, "is damaged");
        CliProcess.FailedInOneLine(await CliProcess.Run("classify", file, red, "--out", "p.txt"), 1, ".csv");
        CliProcess.FailedInOneLine(await CliProcess.Run("classify", file, red, "--top", "0"), 2, "--top");
        CliProcess.FailedInOneLine(await CliProcess.Run(
            "train-classifier", _images.Run, _images.Data, "--folds", "1"), 2, "--folds");
    }

    [Fact]
    public async Task A_classifier_with_a_trained_encoder_is_made_and_used_like_any_other()
    {
        string[] command = ["train-classifier", _images.Run, _images.Data, "--folds", "2", "--finetune-epochs", "2"];
        var (code, output, error) = await CliProcess.Run([.. command, "--finetune", "auto", "--quiet", "--json"]);
        Assert.True(code == 0, error);
        var finetune = JsonDocument.Parse(output).RootElement.GetProperty("finetune");
        var compared = finetune.GetProperty("compared").EnumerateArray().ToArray();
        var best = compared.MinBy(one => one.GetProperty("log_loss").GetDouble());
        Assert.Equal(best.GetProperty("finetune").GetString(), finetune.GetProperty("chosen").GetString());
        Assert.Equal(["never", "last-1", "all"], compared.Select(one => one.GetProperty("finetune").GetString()));

        (code, output, error) = await CliProcess.Run([.. command, "--finetune", "last-2", "--out", _images.At("x")]);
        Assert.True(code == 0, error);
        Assert.Contains("fine-tuning (last-2) without fold 2 of 2", error, StringComparison.Ordinal);
        Assert.Contains("Chosen: last-2.", string.Join(' ', output.Split((char[]?)null,
            StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        (code, output, error) = await CliProcess.Run("classify", _images.At("x"), Path.Combine(_images.Data, "red", "001.png"));
        Assert.True(code == 0, error);
        Assert.Contains(" %", output, StringComparison.Ordinal);

        CliProcess.FailedInOneLine(
            await CliProcess.Run([.. command, "--finetune", "some"]), 2, "--finetune must be one of never");
        CliProcess.FailedInOneLine(
            await CliProcess.Run([.. command, "--finetune-learning-rate", "0"]), 2, "--finetune-learning-rate");
    }
}
