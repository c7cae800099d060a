using System.Text.Json;
using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Data;

/// <summary>The file of a <see cref="LabelSubset"/>: JSON that people can read, one line for each image.</summary>
internal static class LabelFile
{
    // A line takes about 100 bytes: room for all of ImageNet.
    private const int MaxBytes = 256 * 1024 * 1024;

    private const string Format = "simclr-labels-1";

    public static void Write(string path, LabelSubset subset)
    {
        var content = new Content(Format, subset.Data, subset.Fingerprint, subset.Fraction, subset.Seed, subset.Images);
        AtomicFile.Write(path, JsonSerializer.Serialize(content, LabelJson.LineForEach.Content) + "\n");
    }

    public static LabelSubset Read(string path)
    {
        try
        {
            var content = JsonSerializer.Deserialize(BoundedFile.ReadNamedText(path, MaxBytes), LabelJson.Readable.Content)
                ?? throw new JsonException("it is empty.");
            if (content.Format != Format) throw new JsonException($"its format is '{content.Format}', not '{Format}'.");
            if (content.Images.Any(image => image is null)) throw new JsonException("one of its images is null.");
            return new LabelSubset
            {
                Data = content.Data,
                Fingerprint = content.Fingerprint,
                Fraction = content.Fraction,
                Seed = content.Seed,
                Images = content.Images,
            };
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not a list of labels: {e.Message}", e) { File = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"The list of labels {path} cannot be read: {e.Message}", e) { File = path };
        }
    }

    internal sealed record Content(
        string Format, string Data, string Fingerprint, double Fraction, ulong Seed,
        [property: JsonPropertyName("pictures")] IReadOnlyList<LabeledImage> Images);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabelFile.Content))]
[JsonSerializable(typeof(LabeledImage))]
internal sealed partial class LabelJson : JsonSerializerContext
{
    /// <summary>Names in any language stay legible.</summary>
    public static LabelJson Readable { get; } = new(new JsonSerializerOptions(JsonText.Legible)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
    });

    /// <summary>On several lines, of which each image takes one.</summary>
    public static LabelJson LineForEach { get; } = new(new JsonSerializerOptions(JsonText.Legible)
    {
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new OnOneLine() },
    });

    private sealed class OnOneLine : JsonConverter<LabeledImage>
    {
        public override LabeledImage? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, Readable.LabeledImage);

        // The writer puts no white space before a raw value.
        public override void Write(Utf8JsonWriter writer, LabeledImage value, JsonSerializerOptions options) =>
            writer.WriteRawValue(
                $"\n{new string(' ', 2 * writer.CurrentDepth)}{JsonSerializer.Serialize(value, Readable.LabeledImage)}",
                skipInputValidation: true);
    }
}
