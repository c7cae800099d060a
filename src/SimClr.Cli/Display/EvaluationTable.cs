using SimClr.Evaluation;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>An evaluation, its baselines and chance, in percent.</summary>
internal static class EvaluationTable
{
    /// <summary>A table of one or more protocols.</summary>
    /// <param name="results">The results.</param>
    /// <param name="imported">Whether the encoder was trained elsewhere.</param>
    public static Table Of(IEnumerable<EvaluationResult> results, bool imported = false)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("protocol", "features")
            .AddColumn(new TableColumn("top-1").RightAligned()).AddColumn(new TableColumn("top-5").RightAligned());
        foreach (var result in results)
        {
            if (table.Rows.Count > 0) table.AddEmptyRow();
            var name = result.K is { } k ? $"{result.Protocol}, k = {k}" : result.Protocol;
            if (result.Layer > 0) name += $", layer {result.Layer}";
            if (result.UseViews is { } views) name += $", means over {views} views";
            table.AddRow(name, imported ? "[bold]imported encoder[/]" : "[bold]SimCLR[/]",
                $"[bold green]{Numbers.Percent(result.Top1)}[/]", Numbers.Percent(result.Top5));
            if (result.Baselines?.RandomEncoder is { } random) table.AddRow("", "random encoder", Numbers.Percent(random), "");
            if (result.Baselines?.RawPixels is { } pixels) table.AddRow("", "raw pixels", Numbers.Percent(pixels), "");
            if (result.ClassCount > 0)
                table.AddRow("", "[gray]chance[/]", $"[gray]{Numbers.Percent(1.0 / result.ClassCount)}[/]", "");
        }
        return table;
    }
}
