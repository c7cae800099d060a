using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Files;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>The content of <c>study.json</c>: the seeds and cells that a folder was asked for so far.</summary>
/// <param name="Study">Name of the study.</param>
/// <param name="Data">DATA, absolute.</param>
/// <param name="DataName">The dataset's name.</param>
/// <param name="DataCount">Its training images.</param>
/// <param name="Settings">The settings of all runs.</param>
/// <param name="Seeds">Seeds.</param>
/// <param name="Cells">Keys of cells.</param>
internal sealed record StudyRecord(string Study, string Data, string DataName, int DataCount, PretrainingOptions Settings,
    IReadOnlyList<ulong> Seeds, IReadOnlyList<string> Cells)
{
    /// <summary>The record of a folder; null where there is none.</summary>
    /// <exception cref="StudyException">The file is damaged.</exception>
    public static StudyRecord? Read(StudyFolder folder)
    {
        if (!File.Exists(folder.Record)) return null;
        return StudyJson.Read(folder.Record, $"restore it, or {StudyException.Another}", json => new StudyRecord(
            PaperStudies.Current(json.Get<string>("study")), json.Get<string>("data"), json.Get<string>("data_name"),
            json.Get<int>("data_count"), PretrainingOptions.Compose(json.Part("settings")),
            [.. json.List("seeds").Select(seed => (seed as JsonValue)?.TryGetValue<ulong>(out var number) == true
                ? number
                : throw new JsonException("A seed is no number."))],
            [.. json.List("cells").Select(cell => (cell as JsonObject)?.Get<string>("key")
                ?? throw new JsonException("A cell has no key."))]));
    }

    /// <summary>This record with the seeds and cells of an earlier one of the same study.</summary>
    /// <exception cref="StudyException">The earlier one is another study, or has other data or settings.</exception>
    public StudyRecord Extend(StudyRecord? earlier, StudyFolder folder, Study study)
    {
        if (earlier is null) return this;
        if (earlier.Study != Study)
            throw StudyException.OtherFolder(folder.Path, $"holds the study {earlier.Study}", $" for {Study}");
        if (earlier.Data != Data)
            throw StudyException.OtherFolder(folder.Path, $"was made with {earlier.Data}", $" for {Data}");
        if (SettingsDifference.Find(earlier.Settings, Settings) is var (name, before, now))
            throw StudyException.OtherFolder(folder.Path, $"was made with {name} {before}, not {now}");
        return this with
        {
            Seeds = [.. earlier.Seeds.Union(Seeds)],
            Cells = [.. study.Cells.Select(cell => cell.Key).Where(key => earlier.Cells.Contains(key) || Cells.Contains(key))],
        };
    }

    /// <summary>Writes the record.</summary>
    public void Write(StudyFolder folder, Study study)
    {
        var settings = Settings.ToJson();
        settings.Remove("seed");
        var request = new StudyRequest(Study, study.Title, study.Source, Data, DataName, DataCount, Seeds,
            [.. Cells.Select(study.Find).Select(cell => new RequestedCell(cell.Key, cell.Settings, cell.Multiples))], settings,
            RunConfig.CurrentVersion, TorchRuntime.Describe(TorchRuntime.SelectDevice(Settings.Compute.Device)));
        AtomicFile.Write(folder.Record, JsonSerializer.Serialize(request, StudiesJson.Indented.StudyRequest));
    }

    /// <summary>The scale in words.</summary>
    public string Scale(Study study)
    {
        var varied = study.Cells.SelectMany(cell => cell.Settings.Select(p => p.Key).Concat(cell.Multiples.Keys)).ToHashSet();
        string Part(string setting, string text) => varied.Contains(setting) ? "" : $", {text}";
        var images = Settings.Limit > 0 ? Math.Min(Settings.Limit, DataCount) : DataCount;
        var encoder = varied.Contains("encoder") ? "ResNets" : "ResNet-" + Settings.Model.ToResNet().Name["resnet".Length..];
        return $"{DataName}, {images:N0} images of {Settings.Model.ImageSize} px, {encoder}"
            + (varied.Contains("width") || Settings.Model.Width == 1 ? "" : $" ×{Settings.Model.Width}")
            + Part("batch_size", $"batch {Settings.BatchSize}") + Part("epochs", $"{Settings.Schedule.Epochs} epochs")
            + $", linear classifier on frozen features, seed{(Seeds.Count == 1 ? "" : "s")} {string.Join(", ", Seeds)}";
    }

    /// <summary>The record of a request.</summary>
    public static StudyRecord Of(Study study, string data, DataSplits splits, StudyOptions options) =>
        new(study.Name, DatasetSource.Absolute(data), splits.Train.Name, splits.Train.Count, study.Shared(options),
            options.Seeds, [.. study.Choose(options).Select(cell => cell.Key)]);
}
