using BenchmarkDotNet.Attributes;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Benchmarks;

/// <summary>Drawing and rendering one view, on one core.</summary>
[MemoryDiagnoser]
public class AugmentationBenchmarks
{
    private readonly RenderScratch _scratch = new();
    private AugmentationPolicy _policy = null!;
    private AugmentationDraw _parameters = null!;
    private RgbImage _image = null!;
    private byte[] _view = null!;
    private PixelFormat _format;
    private int _item;

    /// <summary>Side of the views.</summary>
    [Params(32, 96, 224)]
    public int Size { get; set; }

    /// <summary>Side of the image, in sides of the view: as large, and as a photograph of 500 pixels for 224.</summary>
    [Params(1, 2)]
    public int Source { get; set; }

    /// <summary>Whether half of the views are blurred.</summary>
    [Params(false, true)]
    public bool Blur { get; set; }

    /// <summary>How numbers are stored, channels last.</summary>
    [Params(PixelType.Float32, PixelType.BFloat16)]
    public PixelType Type { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _policy = AugmentationPolicy.Paper(Size, colorStrength: Size == 32 ? 0.5 : 1, blurProbability: Blur ? 0.5 : 0);
        _parameters = _policy.NewParameters();
        _image = Shapes.Open(20, Size * Source).Train.Load(0);
        _format = new PixelFormat(Type, PixelLayout.ChannelsLast);
        _view = new byte[_format.BytesPerView(Size)];
    }

    [Benchmark]
    public void View()
    {
        var random = new CounterRandom(seed: 1, epoch: 0, _item++, view: 0, DrawPurpose.View);
        _policy.Draw(_image.Width, _image.Height, ref random, _parameters);
        _policy.Render(_image, shrink: 1, _parameters, _view, _format, _scratch);
    }
}
