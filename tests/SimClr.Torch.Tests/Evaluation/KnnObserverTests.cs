using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Images;
using SimClr.Models;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Torch.Tests.Training;
using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Evaluation;

public sealed class KnnObserverTests : IDisposable
{
    private const string Data = "shapes:40";

    private static readonly PretrainingOptions Watched = new()
    {
        Model = new() { Width = 0.25, ImageSize = 16 },
        Schedule = new() { Epochs = 3, WarmupEpochs = 0 },
        BatchSize = 10,
        Views = new() { ColorStrength = 0.5, Blur = 0 },
        KnnEpochs = 2,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Being_watched_does_not_change_what_is_learned()
    {
        var plain = Pretrainer.Run(Watched with { KnnEpochs = 0 }, Data, _folder.At("plain"));
        var watched = Pretrainer.Run(Watched, Data, _folder.At("watched"), observer: KnnObserver.Open(Watched, Data));
        foreach (var file in new[] { "encoder.safetensors", "projection.safetensors" })
            Assert.Equal(File.ReadAllBytes(_folder.At($"plain/{file}")), File.ReadAllBytes(_folder.At($"watched/{file}")));
        Assert.Equal(plain.Loss, watched.Loss); // bit for bit
        var (before, after) = (Lines("plain"), Lines("watched"));
        Assert.DoesNotContain(before, line => line.ContainsKey("knn_top1"));
        // The last line of the second epoch and of the last one.
        Assert.Equal([8, 12], after.Where(line => line.ContainsKey("knn_top1")).Select(line => (int)line["step"]!));
        Assert.Equal(before.Select(line => (double)line["loss"]!), after.Select(line => (double)line["loss"]!));
        Assert.Null(plain.Last.KnnTop1);
        Assert.Equal((double)after[^1]["knn_top1"]!, watched.Last.KnnTop1);
        // The same network and the same images: what an evaluation of the finished run finds.
        var request = new EvaluationRequest { Run = _folder.At("watched"), Data = Data, Protocol = "knn", Baselines = false };
        Assert.Equal(RunEvaluation.Evaluate(request).Top1, watched.Last.KnnTop1);
    }

    [Fact]
    public void A_resumed_run_goes_on_being_watched()
    {
        using var stop = new CancellationTokenSource();
        var observer = KnnObserver.Open(Watched, Data);
        Pretrainer.Run(Watched, Data, _folder.At("parts"), new StopAt(stop, 9), cancellationToken: stop.Token,
            observer: observer);
        Assert.Equal([8], Lines("parts").Where(line => line.ContainsKey("knn_top1")).Select(line => (int)line["step"]!));
        Pretrainer.Resume(_folder.At("parts"), observer: observer);
        Assert.Equal([8, 12], Lines("parts").Where(line => line.ContainsKey("knn_top1")).Select(line => (int)line["step"]!));
    }

    [Fact]
    public void Nothing_is_watched_without_a_wish_labels_and_a_test_part()
    {
        Assert.Null(KnnObserver.Open(Watched with { KnnEpochs = 0 }, Data));
        foreach (var i in Enumerable.Range(0, 4))
            _folder.Write($"flat/{i}.png", ImageCodec.EncodePng(Shapes.Open(20, 16).Train.Load(i)));
        Assert.Null(KnnObserver.Open(Watched, _folder.At("flat")));
        Assert.Throws<SettingsException>(() => (Watched with { KnnEpochs = -1 }).Validated());
    }

    [Fact]
    public void The_encoder_is_left_as_it_was_and_no_tensor_stays()
    {
        using var scope = NewDisposeScope();
        using var encoder = new ResNet(Watched.Model.ToResNet(), 1);
        var observer = KnnObserver.Open(Watched, Data)!;
        var first = observer.Measure(encoder, ScalarType.Float32, default);
        var (states, tensors) = (encoder.state_dict().Values.Select(Bytes).ToList(),
            LiveTensors.Count());
        Assert.Equal(first, observer.Measure(encoder, ScalarType.Float32, default));
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(states, encoder.state_dict().Values.Select(Bytes));
        Assert.True(encoder.training);
        Assert.Null(observer.Measure(encoder, ScalarType.Float32, new CancellationToken(canceled: true)));
        Assert.True(encoder.training);
        Assert.All(encoder.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    private List<JsonObject> Lines(string run) =>
        [.. File.ReadLines(_folder.At($"{run}/metrics.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private static byte[] Bytes(Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous(); // held: a span does not hold what it shows
        return contiguous.bytes.ToArray();
    }
}
