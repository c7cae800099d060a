using System.Globalization;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Tests.Fixtures;

/// <summary>A folder that is gone afterwards.</summary>
internal class SampleFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("simclr-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A finished and evaluated run of ten epochs with 39 steps each, as files.</summary>
internal sealed class SampleRun : SampleFolder
{
    public const double ChanceLoss = 6.236369590203704; // ln(511)

    /// <summary>Logs the figures that lines of the first versions lack.</summary>
    public void LogGeometry(int from)
    {
        var steps = Enumerable.Range(from, 390 / 5 - from + 1).Select(i => 5 * i);
        var lines = steps.Select(step => string.Create(CultureInfo.InvariantCulture,
            $"{{\"step\":{step},\"epoch\":1,\"loss\":6,\"chance_loss\":6.236,\"contrastive_top1\":0.1,\"entropy\":5.3,"
            + $"\"alignment\":{1.5 - step / 500.0},\"uniformity\":{-3 - step / 500.0},\"effective_rank_h\":40.5,"
            + $"\"effective_rank_z\":{60 + step / 20.0},\"gradient_norm\":null,\"lr\":0.5,\"views_per_second\":140.5}}\n"));
        var earlier = System.IO.File.ReadAllLines(File("metrics.jsonl")).Take(from - 1).Select(line => line + "\n");
        System.IO.File.WriteAllText(File("metrics.jsonl"), string.Concat(earlier.Concat(lines)));
    }

    public SampleRun(string data = "shapes:100", string name = "shapes", string? measuredOn = "shapes:100")
    {
        var options = PretrainingOptions.Compose(Preset.Load("shapes-quick").Settings, new()
        {
            ["views"] = 2,
            ["image_size"] = 32,
            ["evaluation_image_size"] = 0,
            ["epochs"] = 10,
            ["batch_size"] = 256,
            ["learning_rate"] = 1,
        });
        var config = new RunConfig(options, data, name, 10_000, "print", "0.1.0", "cpu");
        System.IO.File.WriteAllText(File("config.json"), config.ToJson());
        var lines = Enumerable.Range(1, 78).Select(i => 5 * i).Select(step => string.Create(CultureInfo.InvariantCulture,
            $"{{\"step\":{step},\"epoch\":{(step - 1) / 39 + 1},\"loss\":{6 - step / 100.0},\"chance_loss\":6.236,"
            + $"\"contrastive_top1\":{step / 500.0},\"lr\":0.5,\"views_per_second\":140.5,\"wait_ms\":1}}\n"));
        System.IO.File.WriteAllText(File("metrics.jsonl"), string.Concat(lines) + "{\"step\": 395, \"lo"); // as a kill leaves it
        System.IO.File.WriteAllText(File("summary.json"),
            $$"""
            {"run":"{{Path}}","epochs":10,"steps":390,"loss":2.1,"chance_loss":6.236,"contrastive_top1":0.78,
             "views_per_second":140.5,"seconds":143,"peak_memory_bytes":1000000,"interrupted":false}
            """);
        var measured = measuredOn is null ? "" : $$"""
            ,"measured_on":{"data":"{{measuredOn}}","name":"shapes",
             "judged":{"name":"shapes test","count":2000,"total":2000,"fingerprint":"a"},
             "learned":{"name":"shapes train","count":10000,"total":10000,"fingerprint":"b"},
             "judged_in_pretraining":0,"is_pretrained":true}
            """;
        System.IO.File.WriteAllText(File("evaluation-linear.json"),
            """
            {"protocol":"linear","top1":0.713,"top5":0.98,"k":null,"test_count":2000,"class_count":10,
             "baselines":{"raw_pixels":0.322,"random_encoder":0.291}
            """ + measured + "}");
        System.IO.File.WriteAllText(File("evaluation-knn.json"),
            """
            {"protocol":"knn","top1":0.652,"top5":0.95,"k":200,"test_count":2000,"class_count":10,"baselines":null
            """ + measured + "}");
    }
}
