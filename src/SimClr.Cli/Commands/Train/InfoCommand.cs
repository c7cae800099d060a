using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Files;
using SimClr.Reporting;
using SimClr.Runs;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr info RUN</c>.</summary>
internal static class InfoCommand
{
    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["RUN [options]"],
            Examples = ["runs/shapes", "runs/shapes --json"],
        };
        var run = command.Take(Arguments.Run());
        return command.Does((session, parsed) =>
        {
            var record = RunRecord.Read(parsed.GetValue(run)!);
            Show(session, record);
            session.WriteJson(Json(record).ToJsonString());
            return ExitCode.Done;
        });
    }

    private static void Show(Session session, RunRecord record)
    {
        var config = record.Config;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Line(string name, string value) => grid.AddRow(new Markup($"[gray]{name}[/]"), new Text(value));
        Line("run", record.Folder.Path);
        if (config.IsImported) Line("encoder", "imported: trained elsewhere");
        else Line("data", $"{config.DataName}, {Numbers.Count(config.DataCount)} training images ({config.Data})");
        if (config.InitialWeights is { } weights) Line("weights from", $"{weights.File} (SHA-256 {weights.Sha256})");
        if (!config.IsImported) Line("progress", Progress(record));
        if (record.Loss is { } loss) Line("loss", $"{loss:0.000}{Numbers.Chance(record.ChanceLoss)}");
        if (record.ContrastiveTop1 is { } found)
            Line("pairs found", $"{Numbers.Percent(found)} (chance {100 * record.ChanceTop1:0.00} %)");
        if (record.Last is { } last) Geometry(Line, last);
        if (record.Summary?.AveragedWeights is { } averaged) Line("weights", averaged.Words);
        if (record.Summary?.Adaptation is { } adaptation) Line("adapted", adaptation.Words);
        foreach (var warning in record.Warnings) Line("warning", SettingWords.OfWarning(warning.Message));
        if (record.Summary is { } done)
            Line("time", $"{Numbers.Duration(TimeSpan.FromSeconds(done.Seconds))}, {Numbers.Count(done.ViewsPerSecond)} views/s");
        if (record.UnreadableImages > 0)
            Line("unreadable", $"{Numbers.Count(record.UnreadableImages)} images, replaced by others (unreadable.jsonl)");
        Line("made by", $"SimCLR.NET {config.Version}; {config.Compute}");
        var changed = string.Join("  ", record.Changed.Select(p => $"{p.Key}={p.Value}"));
        Line("settings", changed.Length == 0 ? "the defaults" : changed);
        Line("files", string.Join("\n", record.Files().Select(f => $"{f.Path} ({Numbers.Bytes(f.Bytes)})")));
        session.Results.Write(grid);
        if (record.Evaluations.Count > 0) session.Results.Write(EvaluationTable.Of(record.Evaluations, config.IsImported));
        if (record.Classifiers.Count > 0) session.Results.Write(ClassifierTable.Of(record.Classifiers, config.IsImported));
        DataLines.Write(session, record);
    }

    private static void Geometry(Action<string, string> line, TrainingMetrics last)
    {
        if (last.Alignment is { } alignment && last.Uniformity is { } uniformity)
            line("distances", $"alignment {alignment:0.00}, uniformity {uniformity:0.00}");
        if (last.EffectiveRankH is { } h && last.EffectiveRankZ is { } z)
            line("dimensions", $"{h:0.0} in use by h, {z:0.0} by z (effective rank)");
        if (last.Entropy is { } entropy) line("entropy", $"{entropy:0.00}");
        if (last.GradientNorm is { } gradient) line("gradient", $"{gradient:G3}");
    }

    private static string Progress(RunRecord record)
    {
        var epochs = record.Config.Options.Schedule.Epochs;
        if (record.IsFinished) return $"finished, {record.Summary!.Epochs} epochs, {Numbers.Count(record.Summary.Steps)} steps";
        var where = record.Last is { } last ? $"epoch {last.Epoch} of {epochs}, step {last.Step}" : "nothing trained yet";
        return $"{where}; continue with {CommandName.Text} pretrain --resume {CommandName.Quote(record.Folder.Path)}";
    }

    private static JsonObject Json(RunRecord record) => new()
    {
        ["run"] = record.Folder.Path,
        ["finished"] = record.IsFinished,
        ["imported"] = record.Config.IsImported,
        ["initial_weights"] = record.Config.InitialWeights is { } weights
            ? new JsonObject { ["file"] = weights.File, ["sha256"] = weights.Sha256 }
            : null,
        ["data"] = record.Config.Data,
        ["data_name"] = record.Config.DataName,
        ["data_count"] = record.Config.DataCount,
        ["version"] = record.Config.Version,
        ["compute"] = record.Config.Compute,
        ["epoch"] = record.Last?.Epoch ?? 0,
        ["epochs"] = record.Config.Options.Schedule.Epochs,
        ["step"] = record.Last?.Step ?? 0,
        ["loss"] = record.Loss,
        ["chance_loss"] = record.ChanceLoss,
        ["contrastive_top1"] = record.ContrastiveTop1,
        ["chance_top1"] = record.ChanceTop1,
        ["entropy"] = record.Last?.Entropy,
        ["alignment"] = record.Last?.Alignment,
        ["uniformity"] = record.Last?.Uniformity,
        ["effective_rank_h"] = record.Last?.EffectiveRankH,
        ["effective_rank_z"] = record.Last?.EffectiveRankZ,
        ["gradient_norm"] = record.Last?.GradientNorm,
        ["adaptation"] = JsonSerializer.SerializeToNode(record.Summary?.Adaptation, JsonText.Snake),
        ["averaged_weights"] = JsonSerializer.SerializeToNode(record.Summary?.AveragedWeights, JsonText.Snake),
        ["warnings"] = JsonSerializer.SerializeToNode(record.Warnings, JsonText.Snake),
        ["unreadable_pictures"] = record.UnreadableImages,
        ["settings"] = record.Config.Options.ToJson(),
        ["changed"] = JsonSerializer.SerializeToNode(record.Changed),
        ["evaluations"] = new JsonArray([.. record.Evaluations.Select(e => JsonNode.Parse(e.ToJson())),
            .. record.Classifiers.Select(c => JsonNode.Parse(c.ToJson()))]),
        ["gallery"] = record.Gallery is { } gallery ? JsonNode.Parse(gallery.ToJson()) : null,
        ["files"] = new JsonArray([.. record.Files().Select(f => new JsonObject { ["path"] = f.Path, ["bytes"] = f.Bytes })]),
    };
}
