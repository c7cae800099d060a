using SimClr.Studies;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>A study on the console: its cells, and its figures next to the paper's.</summary>
internal static class StudyView
{
    /// <summary>The figures.</summary>
    public static Table Of(StudyResult result)
    {
        var content = StudyTable.Of(result);
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in content.Headings) table.AddColumn(Markup.Escape(heading));
        foreach (var row in content.Rows) table.AddRow([.. row.Select(Markup.Escape)]);
        return table;
    }

    /// <summary>The scales of both, and how far the orders agree.</summary>
    public static IEnumerable<string> Lines(StudyResult result) => StudyTable.Notes(result);

    /// <summary>Cells with their settings before anything was run.</summary>
    public static Table List(Study study, StudyOptions options, IReadOnlyList<StudyCell> cells)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("cell", "settings", "paper's top-1");
        foreach (var cell in cells)
        {
            var settings = study.Compose(options, cell, options.Seeds[0]).ToJson();
            var shown = cell.Settings.Select(p => p.Key).Concat(cell.Multiples.Keys).Select(key => $"{key} {settings[key]}");
            table.AddRow(cell.Key, Markup.Escape(string.Join(", ", shown)),
                cell.Paper is { } paper ? Numbers.Percent(paper.Top1) : "–");
        }
        return table;
    }
}
