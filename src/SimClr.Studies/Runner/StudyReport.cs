using System.Text;

namespace SimClr.Studies;

/// <summary>A study's results for people: <c>report.md</c>.</summary>
internal static class StudyReport
{
    public static string Markdown(StudyResult result)
    {
        var study = result.Study;
        var text = new StringBuilder($"# {study.Title} ({study.Reference})\n\n");
        text.Append($"{study.Shows}\n\n![{study.Title}]({study.Name}.png)\n\n");
        foreach (var line in StudyTable.Notes(result)) text.Append($"- {line}\n");
        text.Append('\n');
        var table = StudyTable.Of(result);
        text.Append($"| {string.Join(" | ", table.Headings)} |\n|{string.Concat(table.Headings.Select(_ => "---|"))}\n");
        foreach (var row in table.Rows) text.Append($"| {string.Join(" | ", row)} |\n");
        text.Append("\nAccuracies in percent");
        if (result.Cells.Any(cell => cell.Runs.Count > 1)) text.Append(", mean ± standard deviation over seeds");
        text.Append(". `results.csv` has every run, `summary.json` these figures, `study.json` every setting.\n");
        return text.ToString();
    }
}
