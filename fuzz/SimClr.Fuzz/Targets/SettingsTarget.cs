using System.Text.Json;
using SimClr.Settings;

namespace SimClr.Fuzz;

/// <summary>A file of settings, as for <c>--config</c>.</summary>
internal sealed class SettingsTarget : ReaderTarget
{
    public override IReadOnlyList<string> Words => SettingWords;

    /// <summary>JSON's own, and every setting's name.</summary>
    public static IReadOnlyList<string> SettingWords { get; } =
    [
        "null", "true", "false", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "//", "/*", "*/", "-1", "0", "1e400",
        "-1e400", "1e-400",
        "NaN", "\"NaN\"", "Infinity", "99999999999999999999", "2147483648", "0.1", "1.0", "\\ud800", "\"\\ud800\"", "\\u0000",
        "\"$type\":", "\"\"", "\"none\"", "\"nt-xent\"", "\"crop,flip\"",
        .. new PretrainingOptions().ToJson().Select(setting => $"\"{setting.Key}\":"),
    ];

    public override long AllocationBound(long length) => 512 * 1024 + 128 * length;

    public override string Read(byte[] input)
    {
        var path = Scratch("settings.json");
        File.WriteAllBytes(path, input);
        return Use(PretrainingOptions.Compose(Preset.ReadFile(path)));
    }

    public override bool IsDocumented(Exception exception) => exception is SettingsException;

    /// <summary>Settings that were accepted must be of use.</summary>
    public static string Use(PretrainingOptions options)
    {
        _ = (options.Model.ToResNet(), options.Model.ToHead(), options.Objective.Create());
        _ = (options.Optimization.ToOptimizer().Validated(), options.Views.CreatePolicies(options.Model));
        _ = options.Schedule.Create(100, options.BatchSize);
        var again = PretrainingOptions.Compose(options.ToJson());
        if (again != options) throw new JsonException("The settings do not survive being written and read.");
        return $"{options.Objective.Loss} {options.Model.Head} {options.Views.Transforms.Length / 8}";
    }
}
