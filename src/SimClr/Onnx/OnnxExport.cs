using System.Globalization;
using System.Text.Json;
using SimClr.Augmentation;
using SimClr.Classification;
using SimClr.Files;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Onnx;

/// <summary>Encoders for applications that have ONNX Runtime, or another reader of the format, and nothing of ours.</summary>
public static class OnnxExport
{
    // Readers of the format hold a message in one buffer, whose length is an int.
    private const long LargestFile = int.MaxValue;

    /// <summary>
    /// Writes an encoder as an ONNX model with batch norms folded into convolutions. It takes a batch of any number N of
    /// images of the side S that the run evaluates at, and gives <c>h [N, d]</c> in float32.
    /// </summary>
    /// <param name="runFolder">
    /// A finished or imported run; null to take the encoder from the file of <see cref="OnnxExportOptions.Classifier"/>, which
    /// holds a copy. With both, the run must have the encoder that the classifier was made with; the model is the same.
    /// </param>
    /// <param name="file">The file; replaced when it exists, complete or not at all.</param>
    /// <param name="options">Precision and input; null for those of <see cref="OnnxExportOptions"/>.</param>
    /// <returns>
    /// The model's metadata: <c>encoder</c>, <c>width</c>, <c>stem</c>, <c>selective_kernels</c>, <c>image_size</c> (S),
    /// <c>shorter_side</c> (what an image's shorter side is resized to before its center is cropped), <c>normalization</c>,
    /// <c>feature_dimension</c> (d), <c>input</c>, <c>precision</c>, <c>version</c>; with a classifier also <c>classes</c> (a
    /// JSON array) and <c>temperature</c>.
    /// </returns>
    /// <exception cref="SettingsException">
    /// An option has an unknown value, or there is neither a run nor a classifier.
    /// </exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="ImageClassifierException">
    /// The classifier cannot be read, or was made with another encoder.
    /// </exception>
    /// <exception cref="WeightsException">
    /// The encoder does not fit the run's settings, is too large for the format (2 GB) or for float16, or the file cannot be
    /// written.
    /// </exception>
    public static IReadOnlyDictionary<string, string> Write(string? runFolder, string file, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        options = (options ?? new OnnxExportOptions()).Validated();
        var run = runFolder is null ? null : RunFolder.Open(runFolder);
        run?.RequireEncoder();
        if (options.Classifier is { } path)
        {
            using var classifier = ClassifierFile.Read(path);
            if (run is not null) classifier.RequireEncoderOf(run, path);
            var seen = classifier.Settings.Model with { EvaluationImageSize = classifier.ImageSize };
            return Write(classifier.Network.Encoder, seen, file, options, classifier);
        }
        if (run is null) throw new SettingsException("An ONNX model is made of a run or of a classifier; give one of them.");
        var model = run.ReadConfig().Options.Model;
        using var encoder = new ResNet(model.ToResNet(), seed: 0);
        ModuleWeights.Load(encoder, run.Encoder);
        return Write(encoder, model, file, options);
    }

    /// <summary>Writes an encoder with the options of its run.</summary>
    internal static IReadOnlyDictionary<string, string> Write(
        ResNet encoder, ModelOptions model, string file, OnnxExportOptions options, ClassifierContent? classifier = null)
    {
        var transform = new EvaluationTransform(model.EvaluationSide, model.ToNormalization());
        var metadata = RunWeights.Metadata(model);
        metadata.Remove("format"); // speaks to Python's readers of safetensors
        metadata["shorter_side"] = FormattableString.Invariant($"{transform.ResizedSide}");
        metadata["feature_dimension"] = FormattableString.Invariant($"{encoder.FeatureDimension}");
        (metadata["input"], metadata["precision"]) = (options.Input, options.Precision);
        if (classifier is not null)
        {
            metadata["classes"] = JsonSerializer.Serialize(classifier.Linear.ClassNames);
            metadata["temperature"] = classifier.Temperature.ToString("R", CultureInfo.InvariantCulture);
        }
        var made = OnnxModel.Create(encoder, transform.Normalization, transform.Size, options, metadata, classifier);
        if (made.Length > LargestFile)
        {
            var cure = options.Precision == OnnxExportOptions.FullPrecision ? "; fp16 takes half" : "";
            throw WeightsException.For(file, FormattableString.Invariant(
                $"would take {made.Length / 1e9:0.0} GB, and an ONNX file holds 2.1 GB at most{cure}"));
        }
        try
        {
            using var written = AtomicFile.Create(file, made.Length);
            made.WriteTo(written.Stream);
            written.Finish();
            return metadata;
        }
        catch (IOException e)
        {
            throw WeightsException.NotWritten(file, e);
        }
    }
}
