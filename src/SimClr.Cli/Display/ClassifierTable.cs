using SimClr.Evaluation;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>Networks trained with labels, and chance, in percent.</summary>
internal static class ClassifierTable
{
    /// <summary>A table of one or more results.</summary>
    /// <param name="results">The results.</param>
    /// <param name="imported">Whether the encoder was pretrained elsewhere.</param>
    public static Table Of(IEnumerable<FineTuningResult> results, bool imported = false)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("protocol", "labels", "network")
            .AddColumn(new TableColumn("top-1").RightAligned()).AddColumn(new TableColumn("top-5").RightAligned());
        foreach (var result in results)
        {
            if (table.Rows.Count > 0) table.AddEmptyRow();
            var layer = result.Layer > 0 ? $", layer {result.Layer}" : "";
            var isTuned = result.Protocol == "finetune";
            var network = !isTuned ? "from scratch" : imported ? "[bold]imported encoder[/]" : "[bold]SimCLR[/]";
            table.AddRow(result.Protocol + layer, $"{Numbers.Count(result.Labels)} ({100 * result.Fraction:0.##} %)", network,
                $"[bold green]{Numbers.Percent(result.Top1)}[/]", Numbers.Percent(result.Top5));
            if (result.Supervised is { } scratch)
                table.AddRow("", "", "from scratch", Numbers.Percent(scratch.Top1), Numbers.Percent(scratch.Top5));
            table.AddRow("", "", "[gray]chance[/]", $"[gray]{Numbers.Percent(1.0 / result.ClassCount)}[/]", "");
        }
        return table;
    }
}
