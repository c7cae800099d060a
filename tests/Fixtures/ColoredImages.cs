using SimClr.Images;
using SimClr.Models;
using SimClr.Numerics;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Tests.Fixtures;

/// <summary>A run that nobody trained, with a head, and folders of reddish, greenish and bluish images.</summary>
internal sealed class ColoredImages : IDisposable
{
    public static readonly string[] Names = ["blue, \"dark\"", "green", "red"];

    public static readonly PretrainingOptions Settings = new()
    {
        Model = new()
        {
            Width = 0.25,
            ImageSize = 16,
            EvaluationImageSize = 24,
            Normalization = NormalizationKind.Cifar10,
            HeadLayers = 3,
            HiddenDimension = 40,
        },
    };

    private readonly TemporaryFolder _folder = new();

    public ColoredImages()
    {
        MakeRun("run", seed: 7);
        for (var c = 0; c < 3; c++) Fill("data", c, 8);
    }

    public string Run => At("run");

    public string Data => At("data");

    public string At(string relative) => _folder.At(relative);

    /// <summary>A run folder; its head looks as if it had been trained.</summary>
    public void MakeRun(string name, int seed)
    {
        TrainedLook.Run(Settings, At(name));
        manual_seed(seed);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var head = new ProjectionHead(Settings.Model.ToHead(), 128, (ulong)seed);
        foreach (var (_, tensor) in head.state_dict())
            if (tensor.dim() == 1) tensor.uniform_(0.3, 1.5);
            else if (tensor.dim() == 2) tensor.uniform_(-0.2, 0.2);
        ModuleWeights.Save(head, Path.Combine(At(name), "projection.safetensors"));
    }

    /// <summary>Writes images of a class into a folder of its name.</summary>
    public void Fill(string data, int label, int count, int first = 0)
    {
        var folder = Path.Combine(At(data), Names[label]);
        Directory.CreateDirectory(folder);
        for (var i = first; i < first + count; i++)
            ImageCodec.WritePng(Path.Combine(folder, $"{i:D3}.png"), Image(label, i));
    }

    public static RgbImage Image(int label, int seed)
    {
        var image = new RgbImage(24 + seed % 5, 24);
        var random = new CounterRandom(11, label, seed, 0, DrawPurpose.Shape);
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(random.NextInt32(120) + (i % 3 == 2 - label ? 120 : 0));
        return image;
    }

    public void Dispose() => _folder.Dispose();
}
