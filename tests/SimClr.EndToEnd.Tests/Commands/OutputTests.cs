using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Files that commands write.</summary>
public sealed class OutputTests : IDisposable
{
    // Embedding all of them would take hours.
    private const string Endless = "shapes:100000000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_cannot_be_written_is_found_before_the_work()
    {
        var run = _folder.At("run");
        Pretrainer.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 8 },
            BatchSize = 10,
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
        }, "shapes:20", run);
        string[][] lines =
        [
            ["embed", run, Endless, "--out", "OUT.npy"],
            ["index", run, Endless, "--out", "OUT.index"],
            ["duplicates", Endless, "--run", run, "--out", "OUT.csv"],
            ["duplicates", Endless, "--run", run, "--page", "OUT.html"],
            ["outliers", Endless, "--run", run, "--out", "OUT.json"],
            ["outliers", Endless, "--run", run, "--page", "OUT.html"],
            ["train-classifier", run, Endless, "--out", "OUT.safetensors"],
        ];
        foreach (var line in lines)
        {
            string[] args = [.. line.Select(word => word.Replace("OUT", _folder.At("missing/out"), StringComparison.Ordinal)),
                "--quiet"];
            CliProcess.FailedInOneLine(await CliProcess.Run(args), 1, $"there is no folder {_folder.At("missing")}");
        }
        Assert.False(Directory.Exists(_folder.At("missing")));
    }
}
