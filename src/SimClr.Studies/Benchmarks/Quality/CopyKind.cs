using System.Text.Json.Serialization;

namespace SimClr.Studies;

/// <summary>The change that makes a planted copy of an image.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CopyKind>))]
public enum CopyKind
{
    /// <summary>Encoded as JPEG at a quality of 50 to 90.</summary>
    [JsonStringEnumMemberName("re-encoded")]
    Reencoded,

    /// <summary>Width and height cut by 2 to 15 %, at least a pixel, anywhere.</summary>
    [JsonStringEnumMemberName("cropped")]
    Cropped,

    /// <summary>All values times 0.7 to 0.9 or 1.1 to 1.3.</summary>
    [JsonStringEnumMemberName("brightened")]
    Brightened,

    /// <summary>Left and right exchanged; all else is the same.</summary>
    [JsonStringEnumMemberName("mirrored")]
    Mirrored,

    /// <summary>Cropped to 80 % of the area, in the shape of the image, anywhere.</summary>
    [JsonStringEnumMemberName("cropped-to-80")]
    CroppedTo80,
}
