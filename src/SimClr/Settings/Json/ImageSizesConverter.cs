using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Settings;

/// <summary>Writes one side as a number, and several as text.</summary>
internal sealed class ImageSizesConverter : JsonConverter<ImageSizes>
{
    /// <exception cref="SettingsException">The text says no sides.</exception>
    /// <exception cref="JsonException">It is neither a whole number nor text.</exception>
    public override ImageSizes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt32(out var side) => side,
            JsonTokenType.String => ImageSizes.Parse(reader.GetString()!),
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, ImageSizes value, JsonSerializerOptions options)
    {
        if (value.IsConstant) writer.WriteNumberValue(value.Last);
        else writer.WriteStringValue(value.ToString());
    }
}
