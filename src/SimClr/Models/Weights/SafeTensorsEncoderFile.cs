using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>A ResNet in a safetensors file, under any of the names that <see cref="EncoderNames"/> knows.</summary>
internal sealed class SafeTensorsEncoderFile : EncoderFile
{
    private readonly SafeTensorsFile _file;
    private readonly EncoderNames _names;

    private SafeTensorsEncoderFile(SafeTensorsFile file, EncoderNames names) => (_file, _names) = (file, names);

    public override string Path => _file.Path;

    public override string Prefix => _names.Prefix;

    public override IReadOnlyCollection<string> Names => [.. _names.Sources.Keys];

    public override IReadOnlyList<string> Ignored => _names.Ignored;

    public override IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    /// <summary>Opens a file and finds its encoder.</summary>
    /// <exception cref="WeightsException">The file cannot be read, or it is not clear which network is meant.</exception>
    public static SafeTensorsEncoderFile Open(string path, string? prefix)
    {
        var file = SafeTensors.Read(path);
        try
        {
            return new SafeTensorsEncoderFile(file, EncoderNames.Find(file, prefix));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override ResNetOptions Recognize() => ResNetShape.Recognize(_file, _names);

    public override string NameInFile(string name) => _names.Sources[name];

    public override string? Difference(string name, Tensor target) =>
        ModuleWeights.Difference(_names.Sources[name], target, _file);

    public override Tensor Get(string name) => _file.Get(_names.Sources[name]);

    public override void Dispose()
    {
        _file.Dispose();
        base.Dispose();
    }
}
