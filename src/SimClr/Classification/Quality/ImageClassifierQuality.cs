using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Classification;

/// <summary>
/// How good a classifier is, by cross-validation: every labeled image was judged by a classifier that had not seen it. Parts
/// of images are fractions from 0 to 1.
/// </summary>
/// <param name="Images">Labeled images that were learned from.</param>
/// <param name="UnreadableImages">Images that could not be read and were left out.</param>
/// <param name="Folds">Number of folds.</param>
/// <param name="WeightDecay">The ℓ2 strength λ that cross-validation chose.</param>
/// <param name="Temperature">
/// The temperature: scores are divided by it; above 1 where the classifier was too sure of itself.
/// </param>
/// <param name="Top1">Part of the images whose most likely class is right.</param>
/// <param name="Top1Deviation">Standard deviation of the folds' accuracies.</param>
/// <param name="MostFrequentClass">Part of the images that would be right if the most frequent class were always named.</param>
/// <param name="Uncalibrated">Probabilities as the classifier gives them.</param>
/// <param name="Calibrated">Probabilities with a temperature; that of a fold was fitted to the other folds.</param>
/// <param name="Classes">The figures of each class.</param>
/// <param name="Test">The result on the data's own test part, or null where there is none or it was learned from.</param>
/// <param name="Warnings">Warnings to a user before relying on it, one sentence each.</param>
/// <param name="Finetune">
/// Whether the encoder was fine-tuned; null in a file of an earlier version, which never did that.
/// </param>
public sealed record ImageClassifierQuality([property: JsonPropertyName("pictures")] int Images,
    [property: JsonPropertyName("unreadable_pictures")] int UnreadableImages, int Folds, double WeightDecay,
    double Temperature, double Top1, double Top1Deviation, double MostFrequentClass, ProbabilityQuality Uncalibrated,
    ProbabilityQuality Calibrated, IReadOnlyList<ClassQuality> Classes, TestQuality? Test, IReadOnlyList<string> Warnings,
    FineTuningQuality? Finetune = null)
{
    /// <summary>
    /// One JSON object with snake_case names: <c>images, unreadable_pictures, folds, weight_decay, temperature, top1,
    /// top1_deviation, most_frequent_class, uncalibrated, calibrated, classes, test, warnings, finetune</c>.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(this, QualityJson.Strict.ImageClassifierQuality);

    /// <exception cref="JsonException">It is something else.</exception>
    internal static ImageClassifierQuality FromJson(string json)
    {
        var quality = JsonSerializer.Deserialize(json, QualityJson.Strict.ImageClassifierQuality)
            ?? throw new JsonException("it is null.");
        if (quality.Classes.Contains(null!) || quality.Warnings.Contains(null!)
            || quality.Finetune?.Compared.Contains(null!) == true)
            throw new JsonException("a class, a warning or a comparison is null.");
        return quality;
    }
}

/// <summary>How far probabilities can be believed.</summary>
/// <param name="CalibrationError">
/// Expected calibration error: the mean distance between the probability of the most likely class and how often it is right, in
/// 15 bins of probability (Guo et al. 2017, equation 3).
/// </param>
/// <param name="ChanceCalibrationError">
/// Its expected value, by chance alone, for this number of images if all probabilities were right.
/// </param>
/// <param name="LogLoss">Mean cross-entropy in nats.</param>
public sealed record ProbabilityQuality(double CalibrationError, double ChanceCalibrationError, double LogLoss);

/// <summary>How a class fared in cross-validation.</summary>
/// <param name="Name">The class.</param>
/// <param name="Images">Its labeled images.</param>
/// <param name="Top1">Part of them that were taken for it.</param>
public sealed record ClassQuality(string Name, [property: JsonPropertyName("pictures")] int Images, double Top1);

/// <summary>How the finished classifier did on images of the test part.</summary>
/// <param name="Images">Labeled images that could be read.</param>
/// <param name="Top1">Part of them whose most likely class is right.</param>
/// <param name="Uncalibrated">Probabilities as the classifier gives them.</param>
/// <param name="Calibrated">Probabilities with the temperature, as they are given to users.</param>
public sealed record TestQuality([property: JsonPropertyName("pictures")] int Images, double Top1,
    ProbabilityQuality Uncalibrated, ProbabilityQuality Calibrated);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImageClassifierQuality))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class QualityJson : JsonSerializerContext
{
    /// <summary>Nothing may be missing, given twice or null.</summary>
    public static QualityJson Strict { get; } = new(new JsonSerializerOptions(JsonText.Strict)
    {
        RespectRequiredConstructorParameters = true,
        Converters = { new FiniteNumber() },
    });

    /// <summary>A number beyond a double's range would come as infinite, which is not JSON when it is written again.</summary>
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble() is var number && double.IsFinite(number)
                ? number
                : throw new JsonException("a number is too large.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value);
    }
}
