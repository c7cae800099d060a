using SimClr.Augmentation;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>A file with a ResNet in any format: tensors under torchvision's names, and what the file says of itself.</summary>
internal abstract class EncoderFile : IDisposable
{
    /// <summary>The file.</summary>
    public abstract string Path { get; }

    /// <summary>What stands before the encoder's names in the file; empty or ending in a dot.</summary>
    public abstract string Prefix { get; }

    /// <summary>Torchvision's names of the encoder's tensors.</summary>
    public abstract IReadOnlyCollection<string> Names { get; }

    /// <summary>Names of the file that are no part of the encoder, or that evaluation does not need.</summary>
    public abstract IReadOnlyList<string> Ignored { get; }

    /// <summary>The writer's free text; empty where there is none.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>How pixels must be normalized, where the file's own preprocessing says so; else null.</summary>
    public virtual Normalization? Pixels => null;

    /// <summary>Side of the images that the file is made for, in pixels; 0 where it does not say.</summary>
    public virtual int ImageSize => 0;

    /// <summary>Opens a file: ONNX by its ending, else safetensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prefix">The prefix of the encoder's names; null finds it.</param>
    /// <param name="input">What an ONNX network takes; null where its graph says it or it is used to normalized images.</param>
    /// <exception cref="WeightsException">The file cannot be read, or holds no network that is known here.</exception>
    public static EncoderFile Open(string path, string? prefix = null, NetworkInput? input = null)
    {
        if (IsOnnx(path))
            return prefix is null
                ? OnnxEncoderFile.Open(path, input)
                : throw WeightsException.For(path, "is an ONNX file, whose network has no prefix");
        return input is null
            ? SafeTensorsEncoderFile.Open(path, prefix)
            : throw WeightsException.For(path, "is no ONNX file; only there can it be told what the network takes");
    }

    /// <summary>Whether a path ends like an ONNX file's.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>The network that the file holds; no weights are read.</summary>
    /// <exception cref="WeightsException">It is none that this library has.</exception>
    public abstract ResNetOptions Recognize();

    /// <summary>A tensor's name in the file, for messages.</summary>
    public abstract string NameInFile(string name);

    /// <summary>What is different about a tensor of the file, in words; null where shape and kind of number agree.</summary>
    public abstract string? Difference(string name, Tensor target);

    /// <summary>Reads a tensor, which belongs to the caller's dispose scope.</summary>
    public abstract Tensor Get(string name);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
