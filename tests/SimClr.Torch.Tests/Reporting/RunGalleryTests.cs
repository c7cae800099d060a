using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.Torch.Tests.Reporting;

public sealed class RunGalleryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EvaluationRequest _request;

    public RunGalleryTests()
    {
        var options = new PretrainingOptions
        {
            Model = new() { Width = 0.25, ImageSize = 16 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            BatchSize = 20,
            Views = new() { Blur = 0 },
        };
        Pretrainer.Run(options, "shapes:60", _folder.At("run"));
        _request = new EvaluationRequest { Run = _folder.At("run"), Data = "shapes:60" };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_without_labels_can_be_looked_at()
    {
        var folder = Directory.CreateDirectory(_folder.At("images")).FullName;
        var shapes = DatasetSource.Open("shapes:60", 16).Train;
        for (var i = 0; i < 9; i++) ImageCodec.WritePng(Path.Combine(folder, $"{i}.png"), shapes.Load(i));
        File.WriteAllText(Path.Combine(folder, "broken.png"), "no image");
        var request = _request with { Data = folder };
        Assert.Equal(9, RunGallery.Draw(request));
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(_folder.At("run/neighbors.png"))).Width > 100);
        Assert.True(ImageCodec.Decode(File.ReadAllBytes(_folder.At("run/map.png"))).Width > 100);
        Assert.Contains("Nearest neighbors", File.ReadAllText(RunReport.Write(_request.Run)), StringComparison.Ordinal);
        Assert.Equal(5, RunGallery.Draw(_request with { Limit = 5 })); // of the test part of shapes

        for (var i = 1; i < 9; i++) File.Delete(Path.Combine(folder, $"{i}.png"));
        var drawn = File.ReadAllBytes(_folder.At("run/map.png"));
        Assert.Contains("fewer than two", Assert.Throws<DataException>(() => RunGallery.Draw(request)).Message,
            StringComparison.Ordinal);
        Assert.Equal(drawn, File.ReadAllBytes(_folder.At("run/map.png")));
    }
}
