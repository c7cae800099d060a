namespace SimClr.Settings;

/// <summary>The first setting in which two runs differ, of those that may change results.</summary>
public static class SettingsDifference
{
    /// <summary>Name and both values; null where there is no difference.</summary>
    public static (string Name, string Before, string Now)? Find(PretrainingOptions before, PretrainingOptions now)
    {
        foreach (var (name, was, value) in SettingChanges.Between(before.ToJson(), now.ToJson()))
            if (!SettingChanges.WithoutEffect.Contains(name)) return (name, was?.ToString() ?? "", value?.ToString() ?? "");
        return null;
    }
}
