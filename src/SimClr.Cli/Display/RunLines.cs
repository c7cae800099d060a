using SimClr.Data;
using SimClr.Reporting;
using SimClr.Runs;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>The summary of a pretraining, and a command to go on with.</summary>
internal static class RunLines
{
    public static void Write(Session session, PretrainingSummary summary, OpenedData data)
    {
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow("run", Markup.Escape(summary.Run));
        var speed = summary.Steps > 0 ? $" ({Numbers.Count(summary.ViewsPerSecond)} views/s)" : "";
        grid.AddRow("trained", $"{summary.Epochs} epochs, {Numbers.Count(summary.Steps)} steps in "
            + $"{Numbers.Duration(TimeSpan.FromSeconds(summary.Seconds))}{speed}");
        if (!double.IsNaN(summary.Loss))
        {
            grid.AddRow("loss", $"[bold]{summary.Loss:0.000}[/]{Numbers.Chance(summary.ChanceLoss)}");
            grid.AddRow("pairs found", $"[bold]{Numbers.Percent(summary.ContrastiveTop1)}[/]"
                + (summary.ChanceTop1 is { } guessed ? $" (chance {100 * guessed:0.00} %)" : ""));
        }
        if (summary.Last.EffectiveRankZ is { } used)
            grid.AddRow("dimensions", $"[bold]{used:0.0}[/] in use by the projections (effective rank)");
        if (summary.AveragedWeights is { } averaged) grid.AddRow("weights", averaged.Words);
        if (summary.Adaptation is { } adaptation) grid.AddRow("adapted", adaptation.Words);
        grid.AddRow("memory", $"{Numbers.Bytes(summary.PeakMemoryBytes)} at most");
        if (summary.Checkpoints is > 0 and var saved)
            grid.AddRow("checkpoints", $"{Numbers.Count(saved)}, {summary.CheckpointSeconds:0.0} s in all "
                + $"({Numbers.Percent(summary.CheckpointShare ?? 0)} of the time)");
        if (summary.SkippedSteps > 0)
            grid.AddRow("left out", $"{Numbers.Count(summary.SkippedSteps)} steps, whose loss or gradient was not a number");
        if (summary.UnreadableImages > 0)
            grid.AddRow("unreadable", $"{Numbers.Count(summary.UnreadableImages)} images, replaced by others; "
                + "unreadable.jsonl in the run folder names them");
        foreach (var warning in summary.Warnings) grid.AddRow("warning", Markup.Escape(SettingWords.OfWarning(warning.Message)));
        if (!summary.Interrupted && Outlook(summary.Run) is { Length: > 0 } outlook) grid.AddRow("long enough?", outlook);
        session.Results.Write(grid);
        var run = CommandName.Quote(summary.Run);
        session.Results.WriteLine();
        session.Results.WriteLine(summary.Interrupted
            ? $"Stopped; the state is saved. Continue with:  {CommandName.Text} pretrain --resume {run}"
            : $"Next:  {CommandName.Text} evaluate {Protocol(data)} {run} {CommandName.Quote(data.Name)}");
    }

    /// <summary>Whether the run was long enough, in words; empty where its figures do not tell.</summary>
    private static string Outlook(string path)
    {
        var run = RunFolder.Open(path);
        if (!File.Exists(run.Metrics)) return "";
        var lines = TrainingMetrics.ReadAll(run.Metrics).ToList();
        return Markup.Escape(string.Join(' ', OutlookWords.Of(RunOutlook.Of(lines, run.ReadConfig().Options))));
    }

    /// <summary>The protocol to go on with: without labels there is nothing to measure, but a gallery to see.</summary>
    private static string Protocol(OpenedData data)
    {
        try
        {
            var (train, test) = data.At(imageSize: 32);
            return train.ClassNames.Count > 1 && test.Count > 0 ? "linear" : "gallery";
        }
        catch (DataException)
        {
            return "linear"; // it is gone; the command will say so
        }
    }
}
