using System.Text.Json;
using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using static TorchSharp.torch;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary><c>import</c> and <c>export</c>, seen from outside.</summary>
public sealed class WeightsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WeightsCommandTests()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var network = new ResNet(new ResNetOptions { Width = 0.25 }, seed: 1);
        SafeTensors.Write(_folder.At("theirs.safetensors"),
            network.state_dict().Select(t => ("backbone." + t.Key, t.Value)).Append(("head.weight", zeros(10, 128))));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_becomes_a_run_that_info_understands_and_export_writes_again()
    {
        var (code, output, error) =
            await CliProcess.Run("import", _folder.At("theirs.safetensors"), "--out", _folder.At("run"), "--json");
        Assert.True(code == 0, error);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("resnet18", json.GetProperty("encoder").GetString());
        Assert.Equal(0.25, json.GetProperty("width").GetDouble());
        Assert.Equal(("imagenet", 224, "imagenet", "backbone.", 100), (json.GetProperty("stem").GetString(),
            json.GetProperty("image_size").GetInt32(), json.GetProperty("normalization").GetString(),
            json.GetProperty("prefix").GetString(), json.GetProperty("matched").GetInt32()));
        Assert.Equal(21, json.GetProperty("ignored").GetArrayLength());
        Assert.Contains("head.weight, 20 x num_batches_tracked", error, StringComparison.Ordinal);

        var (infoCode, info, _) = await CliProcess.Run("info", _folder.At("run"));
        Assert.Equal(0, infoCode);
        Assert.Contains("imported", info, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", info, StringComparison.Ordinal);

        var (exportCode, exported, _) =
            await CliProcess.Run("export", _folder.At("run"), "--out", _folder.At("ours.safetensors"), "--json");
        Assert.Equal(0, exportCode);
        var metadata = JsonDocument.Parse(exported).RootElement.GetProperty("metadata");
        Assert.Equal("imagenet", metadata.GetProperty("normalization").GetString());
        Assert.Equal(new ResNetOptions { Width = 0.25 }, EncoderWeights.Recognize(_folder.At("ours.safetensors")));
    }

    [Fact]
    public async Task Wrong_words_and_wrong_files_fail_in_one_line()
    {
        CliProcess.FailedInOneLine(await CliProcess.Run("import", "a.safetensors"), 2, "import needs --out RUN");
        const string address = "https://127.0.0.1:9/a.safetensors"; // nobody is there
        string[] to = ["--out", _folder.At("run")];
        CliProcess.FailedInOneLine(await CliProcess.Run(["import", address, .. to]), 2, "a web address needs --sha256 HEX");
        foreach (var secret in new[] { "https://me:secret@127.0.0.1:9/a.onnx", "postgresql://me:secret@127.0.0.1:9/a" })
        {
            var refused = await CliProcess.Run(["import", secret, "--sha256", new string('0', 64), .. to]);
            Assert.True(refused.Code is 1 or 2);
            Assert.DoesNotContain("secret", refused.Out + refused.Err, StringComparison.Ordinal);
        }
        CliProcess.FailedInOneLine(await CliProcess.Run(["import", "a.safetensors", "--sha256", "12", .. to]), 2,
            "--sha256 goes with hf:OWNER/NAME or a web address");
        CliProcess.FailedInOneLine(await CliProcess.Run(["import", address, "--sha256", new string('0', 64), .. to]), 1,
            $"{address} cannot be fetched");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("export", "run", "--out", "a", "--format", "onyx"), 2, "--format must be torchvision or onnx");
        File.WriteAllText(_folder.At("broken"), "not a weights file");
        CliProcess.FailedInOneLine(
            await CliProcess.Run("import", _folder.At("broken"), "--out", _folder.At("run")), 1, "not a valid safetensors file");
    }
}
