using System.Text.Json.Nodes;

namespace SimClr.Settings;

/// <summary>The first setting in which two runs differ, of those that may change results.</summary>
public static class SettingsDifference
{
    /// <summary>Name and both values; null where there is no difference.</summary>
    public static (string Name, string Before, string Now)? Find(PretrainingOptions before, PretrainingOptions now)
    {
        var (one, other) = (before.ToJson(), now.ToJson());
        foreach (var (key, value) in other)
            if (!SettingChanges.WithoutEffect.Contains(key) && !JsonNode.DeepEquals(one[key], value))
                return (key, one[key]?.ToString() ?? "", value?.ToString() ?? "");
        return null;
    }
}
