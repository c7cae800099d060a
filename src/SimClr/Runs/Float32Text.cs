using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Runs;

/// <summary>Numbers of which seven digits say enough: the shortest text that names their float32.</summary>
internal sealed class Float32Text : JsonConverter<double>
{
    /// <summary>The number that the text stands for; null for NaN and infinities, which JSON does not have.</summary>
    public static double? Shortened(double? value) => value is { } number && float.IsFinite((float)number)
        ? double.Parse(((float)number).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : null;

    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, RunsJson.Default.Double);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((float)value);
}
