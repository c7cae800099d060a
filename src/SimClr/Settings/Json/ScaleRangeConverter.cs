using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Settings;

/// <summary>Writes two areas as text.</summary>
internal sealed class ScaleRangeConverter : JsonConverter<ScaleRange>
{
    /// <exception cref="JsonException">It is not two numbers with a comma between.</exception>
    public override ScaleRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && ScaleRange.TryParse(reader.GetString(), out var scales)
            ? scales
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ScaleRange value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
