using System.Text;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>The page: the result first, then how it came about, then everything needed to make it again.</summary>
internal static class ReportPage
{
    /// <summary>The page as HTML. Images are taken from the run folder, where they are.</summary>
    /// <param name="record">The run.</param>
    /// <param name="curve">Its course.</param>
    public static string Html(RunRecord record, TrainingCurve curve)
    {
        var page = new StringBuilder();
        Headline(page, record);
        foreach (var warning in record.Warnings) page.Append($"<p class=\"warning\">{Escape(warning.Message)}</p>\n");
        Figures(page, record);
        ReportResults.Append(page, record);
        if (curve.CanBeDrawn) ReportCurves.Append(page, record, curve);
        Story(page, record);
        Settings(page, record);
        Again(page, record);
        page.Append($"<footer>SimCLR.NET {Escape(record.Config.Version)} · {Escape(record.Config.Compute)} · after Chen et al., "
            + "“A Simple Framework for Contrastive Learning of Visual Representations”, 2020.</footer>\n");
        return ReportDocument.Html($"SimCLR: {record.Config.DataName}", page.ToString());
    }

    private static void Headline(StringBuilder page, RunRecord record)
    {
        var (headline, detail) = ReportWords.Headline(record);
        page.Append($"<h1>{Escape(headline)}</h1>\n<p class=\"lead soft\">{Escape(detail)}</p>\n");
    }

    /// <summary>Adds the run's figures in large letters.</summary>
    public static void Figures(StringBuilder page, RunRecord record)
    {
        page.Append("<div class=\"figures\">\n");
        void Figure(string value, string words) =>
            page.Append($"<div class=\"figure\"><b>{Escape(value)}</b><span>{Escape(words)}</span></div>\n");
        if (record.Loss is { } l)
            Figure($"{l:0.000}", "loss at the end"
                + (record.ChanceLoss is { } chance ? $"; {chance:0.000} would be chance" : ""));
        if (record.ContrastiveTop1 is { } f)
            Figure(Percent(f), $"of the views find their partner; {100 * record.ChanceTop1:0.00} % would be chance");
        if (record.UnreadableImages > 0)
            Figure(Count(record.UnreadableImages), "images could not be read; others took their place");
        if (record.Summary is { } s)
        {
            Figure(Duration(s.Seconds), $"of training, {s.Epochs} epochs");
            Figure(Count(s.ViewsPerSecond), "views per second");
        }
        page.Append("</div>\n");
    }

    private static void Story(StringBuilder page, RunRecord record)
    {
        page.Append("<h2>What was done</h2>\n");
        foreach (var paragraph in ReportWords.Story(record)) page.Append($"<p>{Escape(paragraph)}</p>\n");
        var views = record.Folder.File(RunReport.ViewsFile);
        if (!File.Exists(views)) return;
        page.Append("<h3>Images and views of them</h3>\n<p class=\"soft\">Left the image; beside it, what random crops, "
            + "flips and colors make of it. Any two in a row are a pair that belongs together.</p>\n");
        page.Append(ReportDocument.Image(views, "Images beside their augmented views"));
    }

    private static void Settings(StringBuilder page, RunRecord record)
    {
        var changed = record.Changed;
        page.Append("<h2>Settings</h2>\n<p class=\"soft\">Those that differ from the defaults are in bold.</p>\n<table>\n");
        foreach (var (name, value) in record.Config.Options.ToJson())
        {
            var kind = changed.ContainsKey(name) ? " class=\"changed\"" : "";
            page.Append($"<tr{kind}><td>{Escape(name)}</td><td>{Escape(value?.ToString() ?? "")}</td></tr>\n");
        }
        page.Append($"<tr><td>pretraining data</td><td>{Escape(record.Config.Data)}</td></tr>\n</table>\n");
    }

    private static void Again(StringBuilder page, RunRecord record)
    {
        page.Append("<h2>Make it again</h2>\n<pre>");
        page.Append(Escape(string.Join('\n', ReportWords.Commands(record))));
        page.Append("</pre>\n<p class=\"soft\">The same settings, data and versions on the same kind of machine give the same "
            + "run: everything random follows from the seed.</p>\n");
    }
}
