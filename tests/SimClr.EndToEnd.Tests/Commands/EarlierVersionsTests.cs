using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Cli;
using SimClr.Models;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>
/// What version 0.1.0 wrote still opens, resumes, searches and classifies, through the command as users have it.
/// </summary>
public sealed class EarlierVersionsTests : IDisposable
{
    private readonly KeptFiles _kept = new();

    [Fact]
    public async Task A_finished_run_is_described()
    {
        var run = await Json("info", _kept.At("run"));
        Assert.True(run.GetProperty("finished").GetBoolean());
        Assert.Equal(8, run.GetProperty("step").GetInt32());
        Assert.Equal(4.0150415897369385, run.GetProperty("loss").GetDouble());
        var kept = JsonNode.Parse(File.ReadAllText(_kept.At("run/config.json")))!.AsObject();
        kept.Remove("run");
        Assert.Equal(47, kept.Count);
        Assert.All(kept, setting => Assert.True(JsonNode.DeepEquals(
            setting.Value, JsonNode.Parse(run.GetProperty("settings").GetProperty(setting.Key).GetRawText())), setting.Key));
    }

    [Fact]
    public async Task A_finished_run_is_evaluated()
    {
        var result = await Json("evaluate", "knn", _kept.At("run"), "shapes:40");
        Assert.Equal(0.14, result.GetProperty("top1").GetDouble(), 0.02); // one image of a hundred may change sides
        Assert.True(result.GetProperty("measured_on").GetProperty("is_pretrained").GetBoolean());
    }

    [Fact]
    public async Task A_stopped_run_is_resumed_to_its_end()
    {
        // Its weights are made to stay as they are: see Fixtures/Kept/README.md.
        var summary = await Json("pretrain", "--resume", _kept.At("stopped"));
        Assert.Equal((20, 80), (summary.GetProperty("epochs").GetInt32(), summary.GetProperty("steps").GetInt32()));
        Assert.False(summary.GetProperty("interrupted").GetBoolean());
        var lines = File.ReadAllLines(_kept.At("stopped/metrics.jsonl"));
        Assert.Equal(80, lines.Length);
        using var before = SafeTensors.Read(_kept.At("run/encoder.safetensors"));
        using var after = SafeTensors.Read(_kept.At("stopped/encoder.safetensors"));
        Assert.Equal(before.Names.Order(), after.Names.Order());
        using var a = before.Get("conv1.weight");
        using var b = after.Get("conv1.weight");
        Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
    }

    [Fact]
    public async Task An_index_finds_what_it_found()
    {
        MoveOrigin("images.index");
        var found = await Json("search", _kept.At("images.index"), _kept.At("images/dots/1.png"));
        var hits = found[0].GetProperty("found").EnumerateArray().ToList();
        Assert.Equal(10, hits.Count);
        Assert.Equal($"{KeptFiles.MadeAt}/images/dots/1.png", hits[0].GetProperty("picture").GetString());
        // The index was made in float32; where the processor has units for bfloat16, the query is embedded with them.
        Assert.Equal(1, hits[0].GetProperty("similarity").GetDouble(), 1e-3);
        Assert.Equal($"{KeptFiles.MadeAt}/images/stripes/5.png", hits[1].GetProperty("picture").GetString());
        Assert.Equal(0.9793457388877869, hits[1].GetProperty("similarity").GetDouble(), 1e-3);
    }

    [Fact]
    public async Task An_index_of_drawn_images_shows_its_hits()
    {
        MoveOrigin("shapes.index");
        var page = _kept.At("found.html");
        var found = await Json("search", _kept.At("shapes.index"), _kept.At("images/dots/1.png"), "--top", "3", "--page", page);
        var hit = found[0].GetProperty("found")[0];
        Assert.Equal(("shapes test 7", "heart"), (hit.GetProperty("picture").GetString(), hit.GetProperty("class").GetString()));
        Assert.True(new FileInfo(page).Length > 1000);
    }

    [Fact]
    public async Task A_classifier_says_what_it_said()
    {
        var answer = await Json("classify", _kept.At("images.classifier"), _kept.At("images/dots/0.png"),
            _kept.At("images/stripes/3.png"));
        var best = answer.GetProperty("pictures").EnumerateArray().Select(image => image.GetProperty("classes")[0]).ToList();
        Assert.Equal(["dots", "stripes"], best.Select(c => c.GetProperty("class").GetString()));
        Assert.Equal(0.5923835917326429, best[0].GetProperty("probability").GetDouble(), 1e-3);
        Assert.Equal(0.5701535904875293, best[1].GetProperty("probability").GetDouble(), 1e-3);
    }

    [Fact]
    public async Task A_study_is_found_finished()
    {
        var stamps = Directory.GetFiles(_kept.At("study/cells"), "encoder.safetensors", SearchOption.AllDirectories)
            .ToDictionary(path => path, File.GetLastWriteTimeUtc);
        // The first line of settings is what the preset had then.
        var study = await Json("study", "temperature", "shapes:40", "--out", _kept.At("study"), "--preset", "shapes-quick",
            "--views", "2", "--gray", "0.2", "--evaluation-image-size", "0",
            "--width", "0.25", "--image-size", "8", "--batch-size", "10", "--warmup-epochs", "0", "--epochs", "1",
            "--hidden-dimension", "16", "--projection-dimension", "8", "--precision", "fp32", "--threads", "1", "--workers", "1",
            "--learning-rate", "1e-300", "--initial-weights", $"{KeptFiles.MadeAt}/binary.safetensors");
        Assert.Equal((6, 6), (study.GetProperty("wanted").GetInt32(), study.GetProperty("finished").GetInt32()));
        Assert.Equal(0.1, study.GetProperty("cells")[0].GetProperty("linear_mean").GetDouble());
        Assert.Equal(6, stamps.Count);
        Assert.All(stamps, stamp => Assert.Equal(stamp.Value, File.GetLastWriteTimeUtc(stamp.Key)));
    }

    public void Dispose() => _kept.Dispose();

    // An index names its run by the full path, which is another here. The header keeps its length.
    private void MoveOrigin(string index)
    {
        var path = _kept.At(index);
        var bytes = File.ReadAllBytes(path);
        var length = BitConverter.ToInt32(bytes);
        var header = System.Text.Encoding.UTF8.GetString(bytes, 8, length)
            .Replace($"{KeptFiles.MadeAt}/run", _kept.At("run"), StringComparison.Ordinal);
        var moved = System.Text.Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)moved.Length), .. moved, .. bytes.AsSpan(8 + length)]);
    }

    private static async Task<JsonElement> Json(params string[] args)
    {
        var (code, output, error) = await CliProcess.Run([.. args, "--json", "--quiet"]);
        Assert.True(code == ExitCode.Done, $"exit code {code}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }
}
