using SimClr.Files;
using SimClr.Models;
using SimClr.Native;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>Encoders that travel: from other people's files to run folders, and from run folders to files for others.</summary>
public static class RunWeights
{
    internal const string ImageSizeKey = "image_size", NormalizationKey = "normalization";

    /// <summary>
    /// Makes a run folder of an encoder that was trained elsewhere. It has settings and weights but no training of its own; it is
    /// evaluated like any run, and pretraining can start from it.
    /// </summary>
    /// <param name="file">A safetensors file with a ResNet under torchvision's names, or an ONNX file with a ResNet.</param>
    /// <param name="runFolder">A folder that holds no run yet.</param>
    /// <param name="options">Properties that the file does not state; null leaves all open.</param>
    /// <returns>The folder, the settings found and the use of the file's tensors.</returns>
    /// <exception cref="WeightsException">
    /// The file cannot be read or holds no network that is known here. Nothing is made then.
    /// </exception>
    /// <exception cref="SettingsException">An option is out of its bounds.</exception>
    /// <exception cref="RunFolderException">The folder holds a run already or cannot be written.</exception>
    public static ImportedRun Import(string file, string runFolder, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        options = (options ?? new ImportOptions()).Validated();
        using var source = EncoderFile.Open(file, options.Prefix, options.Input);
        var settings = options.SettingsOf(source);
        using var encoder = new ResNet(source.Recognize(), seed: 0);
        var report = EncoderWeights.Load(encoder, source);
        // A file that came from elsewhere may be gone soon; its source stays.
        var place = options.Source is null ? Path.GetFullPath(file) : Path.GetFileName(file);
        var origin = new WeightsOrigin(place, WeightsOrigin.HashOf(file), report.Prefix)
        {
            Source = options.Source,
            License = options.License,
        };
        var run = RunFolder.Create(runFolder);
        using var held = RunLock.Take(run);
        run.RequireNoRun(); // it may have come since, from the process that held the lock
        ModuleWeights.Save(encoder, run.Encoder, Metadata(settings.Model));
        var config = new RunConfig(settings, "", $"import of {Path.GetFileName(file)}", 0, "", RunConfig.CurrentVersion,
            TorchRuntime.Describe(TorchRuntime.SelectDevice("cpu")))
        {
            InitialWeights = origin,
        };
        run.WriteConfig(config); // last: it makes the folder a run
        return new ImportedRun(run.Path, settings, origin, report);
    }

    /// <summary>
    /// Writes a run's encoder for others: float32, torchvision's names, everything that its <c>ResNet</c> has but <c>fc</c>. The
    /// metadata say which network it is, and which images it is used to.
    /// </summary>
    /// <param name="runFolder">A finished or imported run.</param>
    /// <param name="file">The file; replaced when it exists.</param>
    /// <returns>The file's metadata.</returns>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="WeightsException">The encoder does not fit the run's settings, or the file cannot be written.</exception>
    public static IReadOnlyDictionary<string, string> Export(string runFolder, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var run = RunFolder.Open(runFolder);
        run.RequireEncoder();
        var model = run.ReadConfig().Options.Model;
        try
        {
            using var written = AtomicFile.Create(file);
            using var encoder = new ResNet(model.ToResNet(), seed: 0);
            ModuleWeights.Load(encoder, run.Encoder);
            var metadata = Metadata(model);
            ModuleWeights.Save(encoder, written, metadata);
            return metadata;
        }
        catch (IOException e)
        {
            throw WeightsException.NotWritten(file, e);
        }
    }

    /// <summary>The metadata of a weights file. <c>format</c> is what Python's readers look for.</summary>
    internal static Dictionary<string, string> Metadata(ModelOptions model)
    {
        var network = model.ToResNet();
        return new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["encoder"] = network.Name,
            ["width"] = FormattableString.Invariant($"{network.Width}"),
            ["stem"] = SettingChoices.Stem.WordOf(network.Stem),
            ["selective_kernels"] = network.SelectiveKernels ? "true" : "false",
            [ImageSizeKey] = FormattableString.Invariant($"{model.EvaluationSide}"),
            [NormalizationKey] = SettingChoices.Normalization.WordOf(model.Normalization),
            ["version"] = RunConfig.CurrentVersion,
        };
    }
}
