using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

public class DemoTests
{
    [Fact]
    public void The_quick_demo_tells_the_whole_story()
    {
        using var folder = new TemporaryFolder();
        var stages = new Stages();
        var result = Demo.Run(folder.At("demo"), quick: true, stage: stages);
        Assert.InRange(result.Pretraining.Loss, 0.01, 2 * result.Pretraining.ChanceLoss!.Value); // ten steps show that it runs
        Assert.Equal(("linear", "knn"), (result.Linear.Protocol, result.Knn.Protocol));
        Assert.NotNull(result.Linear.Baselines);
        Assert.Equal("pretraining without labels", stages.All[0]);
        Assert.Equal("report", stages.All[^1]);
        foreach (var file in (string[])["report.html", "views.png", "loss.png", "encoder.safetensors", "evaluation-linear.json",
            "evaluation-knn.json"])
            Assert.True(new FileInfo(folder.At($"demo/{file}")).Length > 0, file);
    }

    private sealed class Stages : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}
