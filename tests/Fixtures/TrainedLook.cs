using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Tests.Fixtures;

/// <summary>Encoders that look as if they had been trained: no batch norm is at its start.</summary>
internal static class TrainedLook
{
    /// <summary>An encoder in evaluation mode, owned by the caller.</summary>
    public static ResNet Encoder(ResNetOptions options)
    {
        manual_seed(7);
        var encoder = new ResNet(options, seed: 7);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, tensor) in encoder.state_dict())
        {
            if (tensor.dim() != 1) continue;
            // The last norm of a branch scales it down, or else maps would grow from block to block without bound.
            var isLast = name.EndsWith(options.Bottlenecks ? ".bn3.weight" : ".bn2.weight", StringComparison.Ordinal);
            if (isLast) tensor.uniform_(0.1, 0.4);
            else if (name.EndsWith("weight", StringComparison.Ordinal)) tensor.uniform_(0.5, 1.5);
            else if (name.EndsWith("running_var", StringComparison.Ordinal)) tensor.uniform_(0.4, 1.6);
            else tensor.uniform_(-0.5, 0.5);
        }
        encoder.eval();
        return encoder;
    }

    /// <summary>A run folder with such an encoder.</summary>
    public static void Run(PretrainingOptions settings, string folder)
    {
        using var encoder = Encoder(settings.Model.ToResNet());
        Directory.CreateDirectory(folder);
        ModuleWeights.Save(encoder, Path.Combine(folder, "encoder.safetensors"));
        var config = new RunConfig(settings, "shapes", "shapes", 1, "", "0", "");
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJson());
    }

    /// <summary>h of an image of the run's size, by the library's own way.</summary>
    public static float[] Features(PretrainingOptions settings, RgbImage image)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scratch = new RenderScratch();
        var transform = new EvaluationTransform(settings.Model.EvaluationSide, settings.Model.ToNormalization());
        var view = new float[transform.ViewLength];
        transform.Render(image, view, scratch);
        using var encoder = Encoder(settings.Model.ToResNet());
        var input = tensor(view).view(1, transform.Size, transform.Size, 3).permute(0, 3, 1, 2); // [1, 3, S, S]
        return [.. encoder.call(input).data<float>()];
    }
}
