using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>How small the quick form of a study is: a run takes about half a minute on two cores with bfloat16 units.</summary>
internal static class QuickScale
{
    /// <summary>A narrow encoder and few images.</summary>
    public static JsonObject Settings(int epochs = 4, int limit = 8000) => new()
    {
        ["width"] = 0.25,
        ["image_size"] = 24,
        ["evaluation_image_size"] = 32,
        ["epochs"] = epochs,
        ["warmup_epochs"] = 0.5,
        ["limit"] = limit,
    };
}
