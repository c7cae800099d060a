using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Evaluation;

/// <summary>Encoders judged without labels, and which observer a run gets.</summary>
public sealed class ViewObserverTests
{
    private static readonly PretrainingOptions Asked = new()
    {
        Model = new() { Width = 0.25, ImageSize = 16, EvaluationImageSize = 16 },
        Views = new() { Transforms = "crop", CropScaleMin = 0.9 },
        InitialWeights = "first",
        Adaptation = new() { KeepBetter = true },
        BatchSize = 10,
    };

    [Fact]
    public void Pixels_find_mild_views_and_one_constant_finds_none()
    {
        var observer = ViewObserver.Open(Asked, new OpenedData("shapes:60"))!;
        using var pixels = new Flat(1);
        using var constant = new Flat(0);
        pixels.train();
        var score = observer.Judge(pixels, ScalarType.Float32, CancellationToken.None)!.Value;
        Assert.Equal(Adaptation.ViewsFound, score.Measure);
        Assert.InRange(score.Value, 0.8, 1);
        Assert.Equal(score, observer.Judge(pixels, ScalarType.Float32, CancellationToken.None));
        Assert.InRange(observer.Judge(constant, ScalarType.Float32, CancellationToken.None)!.Value.Value, 0, 0.1);
        Assert.True(pixels.training);
        Assert.Null(observer.Measure(pixels, ScalarType.Float32, CancellationToken.None));
        Assert.Null(observer.Judge(pixels, ScalarType.Float32, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Labels_judge_where_there_are_any()
    {
        var data = new OpenedData("shapes:60");
        Assert.IsType<KnnObserver>(RunObserver.Open(Asked, data));
        Assert.Null(RunObserver.Open(Asked with { Adaptation = new() }, data));
        Assert.Null(ViewObserver.Open(Asked with { Adaptation = new() }, data));
        using var encoder = new ResNet(Asked.Model.ToResNet(), 1);
        var observer = RunObserver.Open(Asked, data)!;
        var score = observer.Judge(encoder, ScalarType.Float32, CancellationToken.None)!.Value;
        Assert.Equal(Adaptation.KnnTop1, score.Measure);
        Assert.Equal(observer.Measure(encoder, ScalarType.Float32, CancellationToken.None), score.Value);
    }

    /// <summary>The pixels, times a factor, with a constant behind them.</summary>
    private sealed class Flat(double factor) : nn.Module<Tensor, Tensor>(nameof(Flat))
    {
        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var pixels = (input.to(float32).flatten(1) - 0.5) * factor;
            return cat([pixels, ones(input.shape[0], 1)], 1).MoveToOuterDisposeScope();
        }
    }
}
