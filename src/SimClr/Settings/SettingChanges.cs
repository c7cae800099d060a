using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimClr.Settings;

/// <summary>In which settings two runs, or a run and its checkpoint, differ.</summary>
internal static class SettingChanges
{
    /// <summary>Settings that change where and how fast a result comes, and not the result (but for rounding).</summary>
    public static readonly string[] WithoutEffect =
        ["device", "threads", "workers", "recompute_blocks", "checkpoint_epochs", "checkpoint_minutes", "checkpoint_steps"];

    // Settings that may change during a run, because they cannot change the steps already taken.
    private static readonly string[] FreeOnTheWay = [.. WithoutEffect, "non_finite", "knn_epochs"];

    /// <summary>Whether a run may go on with another value without being asked.</summary>
    public static bool IsFree(string setting) => FreeOnTheWay.Contains(setting);

    /// <summary>The settings that differ, in their usual order.</summary>
    /// <param name="before">JSON of the earlier ones; what it lacks, as earlier versions did, had the default.</param>
    /// <param name="now">The later ones.</param>
    public static IReadOnlyList<(string Name, string Words)> Find(string before, PretrainingOptions now)
    {
        var old = new PretrainingOptions().ToJson();
        foreach (var (name, value) in Parse(before))
            if (value is not null) old[name] = value.DeepClone();
        return [.. Between(old, now.ToJson()).Select(change =>
            (change.Name, $"{change.Name} is {Text(change.Now)} and was {Text(change.Before)}"))];
    }

    /// <summary>The settings that differ, in the order of the later ones, with both values.</summary>
    public static IEnumerable<(string Name, JsonNode? Before, JsonNode? Now)> Between(JsonObject before, JsonObject now) =>
        from setting in now
        let was = before[setting.Key]
        where !JsonNode.DeepEquals(was, setting.Value)
        select (setting.Key, was, setting.Value);

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "nothing";

    private static JsonObject Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return []; // a state that was saved by other means than a run
        }
    }
}
