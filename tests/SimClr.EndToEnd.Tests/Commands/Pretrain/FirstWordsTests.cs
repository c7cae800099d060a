using SimClr.Cli.Display;
using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>What a run says before it begins.</summary>
public sealed class FirstWordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_images_to_learn_from_and_those_held_out_are_counted()
    {
        var data = new OpenedData("shapes:40");
        Assert.Equal(
            [
                "Learns from 40 images; 100 others are held out, and only evaluations see them.",
                "In the first epochs a loss above its chance level is normal: the encoder does not tell images apart yet.",
            ],
            FirstWords.OfRun(new(), data));
        Assert.Equal(["Learns from 30 images; 100 others are held out, and only evaluations see them."],
            FirstWords.OfRun(new() { Limit = 30, InitialWeights = "runs/first" }, data));
    }

    [Fact]
    public async Task A_folder_without_classes_holds_none_out_and_a_preset_is_named()
    {
        Directory.CreateDirectory(_folder.At("pictures"));
        var shapes = Shapes.Open(40, 16).Train;
        for (var i = 0; i < 12; i++) File.WriteAllBytes(_folder.At($"pictures/{i}.png"), ImageCodec.EncodePng(shapes.Load(i)));
        var run = _folder.At("run");
        var begun = await CliProcess.Run("pretrain", _folder.At("pictures"), "--width", "0.25", "--image-size", "8",
            "--batch-size", "10", "--epochs", "1", "--warmup-epochs", "0", "--out", run);
        Assert.Equal(0, begun.Code);
        var lines = begun.Err.Split('\n');
        Assert.Equal("Learns from 12 images; none are held out, as there are no classes to evaluate by.", lines[0]);
        Assert.StartsWith("No --preset was given. For a folder of 12 images begin with --preset adapt ", lines[2],
            StringComparison.Ordinal);
        // The folder holds a run now: one line, and nothing else.
        var again = await CliProcess.Run("pretrain", _folder.At("pictures"), "--out", run);
        CliProcess.FailedInOneLine(again, 1, "run");
        Assert.Empty(FirstWords.OfPreset(new OpenedData(_folder.At("pictures")), ["--preset"]));
        Assert.Empty(FirstWords.OfPreset(new OpenedData("shapes:40"), []));
    }
}
