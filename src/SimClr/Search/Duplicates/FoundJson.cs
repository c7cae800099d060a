using System.Text.Json.Serialization;
using SimClr.Files;

namespace SimClr.Search;

/// <summary>A group of duplicates as JSON.</summary>
internal sealed record FoundGroup(double Weakest, [property: JsonPropertyName("pictures")] IReadOnlyList<FoundDuplicate> Images);

/// <summary>An image of a group as JSON.</summary>
internal sealed record FoundDuplicate([property: JsonPropertyName("picture")] string Image, string? Class, double Similarity,
    int? Width, int? Height, long? Bytes, string? Modified)
{
    public static FoundDuplicate Of(IndexedImage image, double similarity, ImageFacts? facts) => new(image.Image, image.ClassName,
        FoundJson.Rounded(similarity), facts?.Width, facts?.Height, facts?.Bytes, facts?.Modified);
}

/// <summary>An outlier as JSON.</summary>
internal sealed record FoundOutlier([property: JsonPropertyName("picture")] string Image, string? Class, double Similarity)
{
    public static FoundOutlier Of(IndexedImage image, double similarity) =>
        new(image.Image, image.ClassName, FoundJson.Rounded(similarity));
}

[JsonSerializable(typeof(IEnumerable<FoundGroup>))]
[JsonSerializable(typeof(IEnumerable<FoundOutlier>))]
internal sealed partial class FoundJson : JsonSerializerContext
{
    /// <summary>On several lines.</summary>
    public static FoundJson Indented { get; } = new(new(JsonText.Indented));

    public static double Rounded(double similarity) => Math.Round(similarity, 6);
}
