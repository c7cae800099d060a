using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Features;
using SimClr.Files;
using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Classification;

/// <summary>
/// A classifier in a file, which is all that classifying needs: safetensors with the encoder (<c>encoder.*</c>, torchvision's
/// names, and <c>head.*</c> where the classifier stands on a layer of it), <c>classifier.weight</c> (<c>[C, d]</c> float64, for
/// vectors as they are) and <c>classifier.bias</c> (<c>[C]</c>); classes, temperature, settings and figures are in the metadata.
/// </summary>
internal static class ClassifierFile
{
    private const string Format = "simclr-classifier-1", Weight = "classifier.weight", Bias = "classifier.bias";

    /// <summary>Begins a file, before the work whose result it takes.</summary>
    /// <exception cref="ImageClassifierException">It cannot be written, or another process is writing it.</exception>
    public static AtomicFile Begin(string path)
    {
        try
        {
            return AtomicFile.Create(path);
        }
        catch (IOException e)
        {
            throw new ImageClassifierException(e.Message, e);
        }
    }

    /// <summary>Writes a classifier to a file that was begun, and completes it.</summary>
    /// <exception cref="ImageClassifierException">It cannot be written; a file before is still there.</exception>
    public static void Write(AtomicFile file, ClassifierContent content)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (linear, names) = (content.Linear, content.Linear.ClassNames);
        (string Name, Tensor Tensor)[] tensors =
        [
            .. PackedNetwork.Tensors(content.Network).Select(entry => (entry.Name, entry.Tensor.to(float32))),
            (Weight, tensor(linear.Weights).view(names.Count, linear.Dimension)), // [C, d]
            (Bias, tensor(linear.Intercepts)),
        ];
        try
        {
            SafeTensors.Write(file, tensors, new Dictionary<string, string>
            {
                ["format"] = Format,
                ["classes"] = JsonSerializer.Serialize([.. names], QualityJson.Strict.StringArray),
                ["temperature"] = content.Temperature.ToString("R", CultureInfo.InvariantCulture),
                ["layer"] = content.Layer.ToString(CultureInfo.InvariantCulture),
                ["image_size"] = content.ImageSize.ToString(CultureInfo.InvariantCulture),
                ["encoder_sha256"] = content.EncoderSha256,
                ["tensors_sha256"] = PackedNetwork.HashOf(tensors),
                ["settings"] = content.Settings.ToJson().ToJsonString(),
                ["quality"] = content.Quality.ToJson(),
                ["version"] = RunConfig.CurrentVersion,
            });
        }
        catch (WeightsException e)
        {
            throw new ImageClassifierException($"The classifier cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads a classifier.</summary>
    /// <returns>Its content, owned by the caller.</returns>
    /// <exception cref="ImageClassifierException">There is none there, or the file is damaged or something else.</exception>
    public static ClassifierContent Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
            throw NoClassifier($"There is no classifier {path}", path);
        try
        {
            using var file = SafeTensors.Read(path);
            if (file.Metadata.GetValueOrDefault("format") != Format)
                throw NoClassifier($"{path} is not a classifier", path);
            return Content(file);
        }
        catch (Exception e) when (e is WeightsException or JsonException or KeyNotFoundException or FormatException
            or OverflowException or SettingsException or InvalidOperationException or ArgumentException)
        {
            throw new ImageClassifierException($"{path} is damaged: {e.Message} Make it again, or copy it again.", e)
            {
                File = path,
            };
        }
    }

    private static ImageClassifierException NoClassifier(string what, string path)
    {
        const string Maker = $"{nameof(ImageClassifierTraining)}.{nameof(ImageClassifierTraining.Run)}";
        return new($"{what}; {Maker} makes one.") { File = path, Named = [Maker] };
    }

    private static ClassifierContent Content(SafeTensorsFile file)
    {
        var metadata = file.Metadata;
        var names = JsonSerializer.Deserialize(metadata["classes"], QualityJson.Strict.StringArray) ?? [];
        if (names.Length < 2 || names.Any(name => name is null || name.Any(char.IsControl)))
            throw new FormatException("its classes have no names.");
        var temperature = double.Parse(metadata["temperature"], NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!(temperature > 0 && double.IsFinite(temperature))) throw new FormatException($"its temperature is {temperature}.");
        var (layer, imageSize) = (Number(metadata["layer"]), Number(metadata["image_size"]));
        if (imageSize is < 8 or > 2048) throw new FormatException($"its images have {imageSize} px.");
        var quality = ImageClassifierQuality.FromJson(metadata["quality"]);
        var settings = PretrainingOptions.Compose(
            JsonNode.Parse(metadata["settings"]) as JsonObject ?? throw new JsonException("its settings are no object."));
        var network = PackedNetwork.Read(file, settings.Model, layer);
        try
        {
            using var scope = NewDisposeScope();
            if (!file.Shape(Weight).SequenceEqual([names.Length, network.Dimension])
                || !file.Shape(Bias).SequenceEqual([names.Length])
                || file.DType(Weight) != float64 || file.DType(Bias) != float64)
                throw new FormatException($"it is no classifier of {names.Length} classes and {network.Dimension} numbers.");
            var (weight, bias) = (file.Get(Weight), file.Get(Bias));
            if (PackedNetwork.HashOf([.. PackedNetwork.Tensors(network), (Weight, weight), (Bias, bias)])
                != metadata["tensors_sha256"])
                throw new FormatException("its numbers are not those that were written.");
            var linear = new LinearClassifier(Doubles(weight), Doubles(bias), names);
            if (!Array.TrueForAll(linear.Weights, double.IsFinite) || !Array.TrueForAll(linear.Intercepts, double.IsFinite))
                throw new FormatException("its numbers are not finite.");
            return new(network, settings, layer, imageSize, metadata["encoder_sha256"], linear, temperature, quality);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static double[] Doubles(Tensor values) => MemoryMarshal.Cast<byte, double>(values.bytes).ToArray();

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
