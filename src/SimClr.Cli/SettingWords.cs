using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using SimClr.Classification;
using SimClr.Evaluation;
using SimClr.Postgres;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Training;

namespace SimClr.Cli;

/// <summary>
/// Says with options and commands what the library says with properties and methods: <c>BatchSize</c> is <c>--batch-size</c>.
/// </summary>
internal static class SettingWords
{
    private const string Resume = $"{nameof(Pretrainer)}.{nameof(Pretrainer.Resume)}";

    // Names that differ from their option. Options of the server are not named by nameof: only the command serve knows its types.
    private static readonly Dictionary<string, string> Others = new()
    {
        [nameof(FineTuningRequest.LabelsFile)] = "--labels",
        [nameof(LossSpeedOptions.Dimension)] = "--dim",
        ["MaxUploadMegabytes"] = "--max-upload-mb",
        ["PublicNames"] = "--public-name",
        ["TrustedProxies"] = "--trusted-proxy",
        ["Token"] = "--token-file FILE",
        ["AllowWithoutToken"] = "--no-token",
        ["CertificatePassword"] = "SIMCLR_CERTIFICATE_PASSWORD",
        ["path"] = "--out",
        ["runFolder"] = "--out",
        ["outFolder"] = "--out",
        [Resume] = "--resume",
        [$"{nameof(Pretrainer)}.{nameof(Pretrainer.Run)}"] = "pretrain --out",
        [$"{nameof(FileImageIndex)}.{nameof(FileImageIndex.Update)}"] = "simclr index RUN DATA --out",
        [$"{nameof(PostgresImageIndex)}.{nameof(PostgresImageIndex.Update)}"] = "simclr index RUN DATA --out",
        [$"{nameof(PostgresIndexOptions)}.{nameof(PostgresIndexOptions.Hnsw)}"] = "simclr index --hnsw",
        [$"{nameof(ImageClassifierTraining)}.{nameof(ImageClassifierTraining.Run)}"] = "simclr train-classifier RUN DATA",
        ["PreviewGrid"] = "simclr preview",
    };

    // Warnings are plain text and may name these, each any number of times.
    private static readonly string[] OfWarnings =
    [
        nameof(ObjectiveOptions.Temperature), nameof(ScheduleOptions.LearningRate), nameof(ScheduleOptions.WarmupEpochs),
        nameof(ModelOptions.Head), nameof(PretrainingOptions.NonFinite), "PreviewGrid", Resume,
    ];

    /// <summary>The members of the library that are not called as their options.</summary>
    public static IEnumerable<string> Exceptional => Others.Keys;

    /// <summary>The message of an exception.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="command">The command that failed.</param>
    public static string Of(Exception e, Command command) =>
        e is SimClrException ours ? Of(ours, name => Word(name, command)) : e.Message;

    /// <summary>A warning of the library about a training.</summary>
    public static string OfWarning(string text) =>
        OfWarnings.Aggregate(text, (words, name) => Whole(name).Replace(words, _ => Word(name, command: null)));

    private static string Of(SimClrException e, Func<string, string> word)
    {
        if (e.InnerException is not SimClrException inner) return Replaced(e.Message, e.Named, word);
        // The quoted message of a cause names members of its own.
        const string Hole = "\0";
        var quote = inner.Message.TrimEnd('.');
        var around = quote == "" ? e.Message : e.Message.Replace(quote, Hole, StringComparison.Ordinal);
        return Replaced(around, e.Named, word).Replace(Hole, Of(inner, word).TrimEnd('.'), StringComparison.Ordinal);
    }

    /// <summary>Replaces names one after the other, each where it stands first behind the one before.</summary>
    private static string Replaced(string text, IReadOnlyList<string> names, Func<string, string> word)
    {
        var from = 0;
        foreach (var name in names)
        {
            if (Whole(name).Match(text, from) is not { Success: true } found) continue;
            var words = word(name);
            text = text.Remove(found.Index, found.Length).Insert(found.Index, words);
            from = found.Index + words.Length;
        }
        return text;
    }

    private static string Word(string name, Command? command) =>
        name == Resume && command?.Name != "pretrain" ? $"simclr pretrain {Others[name]}"
        : Others.TryGetValue(name, out var words) ? words
        : "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    // Not a part of a longer word or of a path.
    private static Regex Whole(string name) => new($@"(?<![\w./\\-]){Regex.Escape(name)}(?![\w/\\])");
}
