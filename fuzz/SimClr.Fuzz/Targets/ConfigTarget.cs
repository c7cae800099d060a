using System.Text.Json;
using SimClr.Runs;

namespace SimClr.Fuzz;

/// <summary>A run's <c>config.json</c>.</summary>
internal sealed class ConfigTarget : ReaderTarget
{
    public override IReadOnlyList<string> Words { get; } =
    [
        .. SettingsTarget.SettingWords, "\"run\":", "\"data\":", "\"data_name\":", "\"data_count\":", "\"data_fingerprint\":",
        "\"version\":", "\"compute\":", "\"initial_weights\":", "\"file\":", "\"sha256\":", "\"prefix\":", "\"with_head\":",
    ];

    public override long AllocationBound(long length) => 512 * 1024 + 128 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("config.json");
        File.WriteAllBytes(path, input);
        var config = RunFolder.Open(ScratchFolder).ReadConfig();
        File.WriteAllText(path, config.ToJson());
        if (RunFolder.Open(ScratchFolder).ReadConfig() != config)
            throw new JsonException("The configuration does not survive being written and read.");
        return $"{SettingsTarget.Use(config.Options)} {config.IsImported} {config.Data.Length / 8}";
    }

    public override bool IsDocumented(Exception exception) => exception is RunFolderException;
}
