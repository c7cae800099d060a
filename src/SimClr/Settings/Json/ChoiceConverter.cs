using System.Text.Json;
using System.Text.Json.Serialization;

namespace SimClr.Settings;

/// <summary>Writes values of a setting as words.</summary>
/// <param name="choices">The words.</param>
internal sealed class ChoiceConverter<T>(Choices<T> choices) : JsonConverter<T>
{
    // Null is no word, even where it is a value.
    public override bool HandleNull => true;

    /// <exception cref="SettingsException">There is no such word.</exception>
    /// <exception cref="JsonException">It is no text.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? choices.Parse(reader.GetString()) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(choices.WordOf(value));
}
