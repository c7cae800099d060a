using System.Text.Encodings.Web;
using System.Text.Json;

namespace SimClr.Files;

/// <summary>
/// The one convention of JSON here: names in snake_case. Each room has a source-generated context of its own for its records,
/// because a room does not know the records of those above it; what contexts and hand-made objects share are these options.
/// </summary>
public static class JsonText
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Snake { get; } = Fixed(new());

    /// <summary>On several lines, for files that a person may look at; the same bytes on every system.</summary>
    public static JsonSerializerOptions Indented { get; } = Fixed(new() { WriteIndented = true, NewLine = "\n" });

    /// <summary>On one line, with paths and names in any language legible.</summary>
    public static JsonSerializerOptions Legible { get; } = Fixed(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>
    /// For reading files that may be damaged: a property that is given twice, or null where something must be, is an error.
    /// </summary>
    public static JsonSerializerOptions Strict { get; } =
        Fixed(new() { AllowDuplicateProperties = false, RespectNullableAnnotations = true });

    /// <summary>The same for JSON without a type.</summary>
    public static JsonDocumentOptions StrictDocument { get; } = new() { AllowDuplicateProperties = false };

    private static JsonSerializerOptions Fixed(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        return options;
    }
}
