using System.Text;
using SimClr.Reporting;
using SimClr.Runs;
using static SimClr.Reporting.ReportText;

namespace SimClr.Studies;

/// <summary>A study's results as one page that needs nothing else: <c>report.html</c>.</summary>
internal static class StudyPage
{
    /// <summary>The page as HTML.</summary>
    /// <param name="result">Everything that is finished.</param>
    /// <param name="plot">The plot, if it has been drawn.</param>
    public static string Html(StudyResult result, string plot)
    {
        var study = result.Study;
        var body = new StringBuilder(Beginning(study.Title, study.Reference, study.Shows, plot));
        body.Append("<h2>Scale and order</h2>\n<ul>\n");
        foreach (var line in StudyTable.Notes(result)) body.Append($"<li>{Escape(line)}</li>\n");
        body.Append("</ul>\n<h2>Figures</h2>\n").Append(Table(StudyTable.Of(result)));
        body.Append("<p class=\"soft\">Accuracies in percent");
        if (result.Cells.Any(cell => cell.Runs.Count > 1)) body.Append(", mean ± standard deviation over seeds");
        body.Append(
            ". <code>results.csv</code> has every run, <code>study.json</code> every setting, and each run has a folder of its "
            + "own in <code>cells</code>.</p>\n");
        return Finished($"SimCLR study: {study.Title}", body);
    }

    /// <summary>The page of a study that has no grid: a plot and some lines.</summary>
    public static string Html(string title, string source, string shows, string plot, IEnumerable<string> lines)
    {
        var body = new StringBuilder(Beginning(title, $"{source} of the SimCLR paper", shows, plot));
        foreach (var line in lines) body.Append($"<p>{Escape(line)}</p>\n");
        return Finished($"SimCLR study: {title}", body);
    }

    private static string Beginning(string title, string reference, string shows, string plot) =>
        $"<h1>{Escape(title)}</h1>\n<p class=\"lead soft\">{Escape(Capitalized(reference))}. {Escape(shows)}</p>\n"
        + (File.Exists(plot) ? ReportDocument.Image(plot, $"{title}: the plot in the paper's form") : "");

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Table(StudyTable table)
    {
        var html = new StringBuilder("<div class=\"wide\"><table>\n<tr>");
        foreach (var heading in table.Headings) html.Append($"<th>{Escape(heading)}</th>");
        html.Append("</tr>\n");
        foreach (var row in table.Rows)
            html.Append($"<tr>{string.Concat(row.Select(cell => $"<td>{Escape(cell)}</td>"))}</tr>\n");
        return html.Append("</table></div>\n").ToString();
    }

    private static string Finished(string title, StringBuilder body) => ReportDocument.Html(title, body
        .Append($"<footer>SimCLR.NET {Escape(RunConfig.CurrentVersion)} · after Chen et al., “A Simple Framework for Contrastive "
            + "Learning of Visual Representations”, 2020.</footer>\n").ToString());
}
