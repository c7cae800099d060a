using System.Text.Json.Serialization;

namespace SimClr.AspNetCore;

/// <summary>Answers of the REST interface; names are in snake_case there.</summary>
/// <param name="Status"><c>ok</c>.</param>
internal sealed record HealthResponse(string Status);

/// <summary>A summary of the served index or run.</summary>
/// <param name="Count">Images in the index; 0 where a run is served without one.</param>
/// <param name="Dimension">Numbers in a vector.</param>
/// <param name="Run">Name of the run folder of the encoder.</param>
/// <param name="Encoder">Its architecture.</param>
/// <param name="EncoderSha256">SHA-256 of its weights.</param>
/// <param name="Layer">0 for the encoder's h, else a layer of the projection head.</param>
/// <param name="ImageSize">Side in pixels of the encoder's input.</param>
/// <param name="Classes">Names of the classes of the images; empty where they have none.</param>
internal sealed record IndexResponse(int Count, int Dimension, string Run, string Encoder, string EncoderSha256, int Layer,
    int ImageSize, IReadOnlyList<string> Classes)
{
    /// <summary>Over how many views of its image each vector is the mean, also of an image that is sent; null for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? UseViews { get; init; }
}

/// <summary>The vector of an image.</summary>
/// <param name="Dimension">How many numbers.</param>
/// <param name="Vector">The numbers, of Euclidean length 1.</param>
internal sealed record EmbedResponse(int Dimension, float[] Vector);

/// <summary>The images that a search found.</summary>
/// <param name="Image">The image of the index that was searched with, or null for one that was sent.</param>
/// <param name="Found">The most alike, nearest first.</param>
internal sealed record SearchResponse([property: JsonPropertyName("picture")] NamedImage? Image,
    IReadOnlyList<FoundImage> Found);

/// <summary>An image of the index.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Image">Its name, below the folder that all images have in common.</param>
/// <param name="Class">Its class, or null.</param>
/// <param name="Thumbnail">Where it is to be seen.</param>
internal sealed record NamedImage(int Id, [property: JsonPropertyName("picture")] string Image, string? Class,
    string Thumbnail);

/// <summary>An image that was found.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Image">Its name, below the folder that all images have in common.</param>
/// <param name="Class">Its class, or null.</param>
/// <param name="Similarity">The cosine of the two vectors, −1 to 1.</param>
/// <param name="Thumbnail">Where it is to be seen.</param>
internal sealed record FoundImage(int Id, [property: JsonPropertyName("picture")] string Image, string? Class,
    double Similarity, string Thumbnail);
