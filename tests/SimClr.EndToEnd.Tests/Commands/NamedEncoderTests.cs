using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Names of encoders that are kept stand for run folders, and nothing is fetched that was not named.</summary>
public sealed class NamedEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_name_stands_for_the_encoder_that_is_kept_under_it()
    {
        TorchRuntime.EnsureLoaded();
        var settings = new PretrainingOptions { Model = new() { Width = 0.25, ImageSize = 16 } };
        TrainedLook.Run(settings, _folder.At("encoders/imagenet-resnet18"));
        var (code, output, _) = await Run("evaluate", "knn", "imagenet-resnet18", "shapes:60", "--no-baselines", "--json");
        Assert.Equal(0, code);
        Assert.Contains("\"top1\"", output);
        Assert.True(File.Exists(_folder.At("encoders/imagenet-resnet18/evaluation-knn.json")));
        (code, _, var error) = await Run("train-classifier", "imagenet-resnet18", "shapes:60");
        Assert.True(code == 0, error);
        Assert.True(File.Exists(_folder.At("classifier.safetensors")));
        (code, output, error) = await Run(
            "pretrain", "shapes:60", "--initial-weights", "imagenet-resnet18", "--width", "0.25", "--image-size", "16",
            "--batch-size", "30", "--epochs", "1", "--warmup-epochs", "0", "--out", "mine");
        Assert.True(code == 0, error);
        var config = RunFolder.Open(_folder.At("mine")).ReadConfig();
        Assert.Equal("imagenet-resnet18", config.Options.InitialWeights);
        Assert.Equal(_folder.At("encoders/imagenet-resnet18/encoder.safetensors"), config.InitialWeights!.File);
    }

    [Fact]
    public async Task Where_it_cannot_be_had_one_line_says_so()
    {
        await File.WriteAllTextAsync(_folder.At("nuget.config"), """
            <configuration>
              <config><add key="globalPackagesFolder" value="nothing"/></config>
              <packageSources><clear/></packageSources><fallbackPackageFolders><clear/></fallbackPackageFolders>
            </configuration>
            """);
        CliProcess.FailedInOneLine(await Run("info", "imagenet-resnet18"), 1, "has (no source is enabled for it)");
        CliProcess.FailedInOneLine(await Run("import", "imagenet-resnet18"), 1, "no NuGet source");
        CliProcess.FailedInOneLine(await Run("info", "imagenet-resnet17"), 1, "imagenet-resnet17 does not exist");
        CliProcess.FailedInOneLine(await Run("pretrain", "shapes:60", "--preset", "adapt", "--out", "mine"), 2,
            "begin with imagenet-resnet18, which is not here yet");
        Assert.False(Directory.Exists(_folder.At("mine")));
        Assert.False(Directory.Exists(_folder.At("encoders/imagenet-resnet18")));
    }

    private async Task<(int Code, string Out, string Err)> Run(params string[] args)
    {
        using var process = CliProcess.Start(args, _folder.FullPath, (EncoderCache.Variable, _folder.FullPath));
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }
}
