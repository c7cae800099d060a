using BenchmarkDotNet.Attributes;
using SimClr.Augmentation;
using SimClr.Datasets;
using SimClr.Images;
using SimClr.Randomness;

namespace SimClr.Benchmarks;

/// <summary>Drawing and rendering one view, on one core.</summary>
[MemoryDiagnoser]
public class AugmentationBenchmarks
{
    private readonly RenderScratch _scratch = new();
    private AugmentationPolicy _policy = null!;
    private ViewParameters _parameters = null!;
    private RgbImage _image = null!;
    private float[] _view = null!;
    private int _item;

    [Params(32, 96, 224)]
    public int Size { get; set; }

    [Params(false, true)]
    public bool Blur { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _policy = AugmentationPolicy.Paper(Size, colorStrength: Size == 32 ? 0.5 : 1, blurProbability: Blur ? 0.5 : 0);
        _parameters = _policy.NewParameters();
        _image = Shapes.Open(20, Size).Train.Load(0);
        _view = new float[_policy.ViewLength];
    }

    [Benchmark]
    public void View()
    {
        var random = new CounterRandom(seed: 1, epoch: 0, _item++, view: 0, DrawPurpose.View);
        _policy.Draw(_image.Width, _image.Height, ref random, _parameters);
        _policy.Render(_image, _parameters, _view, _scratch);
    }
}
