namespace SimClr.Fuzz;

/// <summary>Every reader of files that somebody else may have made.</summary>
internal static class Targets
{
    private static readonly Dictionary<string, Func<ReaderTarget>> All = new()
    {
        ["image"] = () => new ImageTarget(),
        ["cifar"] = () => new CifarTarget(),
        ["safetensors"] = () => new SafeTensorsTarget(),
        ["settings"] = () => new SettingsTarget(),
        ["config"] = () => new ConfigTarget(),
        ["metrics"] = () => new MetricsTarget(),
        ["record"] = () => new RecordTarget(),
        ["labels"] = () => new LabelsTarget(),
        ["checkpoint"] = () => new CheckpointTarget(),
        ["index"] = () => new IndexTarget(),
        ["classifier"] = () => new ClassifierTarget(),
        ["study"] = () => new StudyTarget(),
    };

    /// <summary>Names on the command line and of the folders in the corpus.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>A new target, which the caller disposes; null where there is none of that name.</summary>
    public static ReaderTarget? ByName(string name) => All.TryGetValue(name, out var make) ? make() : null;
}
