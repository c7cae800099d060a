using System.Text;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>The beginning of a run's report, as a part of another page.</summary>
public static class RunFragment
{
    /// <summary>The style sheet that the part needs, light and dark.</summary>
    public static string Css => ReportStyle.Css;

    /// <summary>Headline, warnings, figures and curves of a run as HTML; all text from the run is escaped.</summary>
    public static string Html(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var part = new StringBuilder();
        var (headline, detail) = ReportWords.Headline(record);
        part.Append($"<p><b>{Escape(headline)}.</b> <span class=\"soft\">{Escape(detail)}</span></p>\n");
        foreach (var warning in record.Warnings) part.Append($"<p class=\"warning\">{Escape(warning.Message)}</p>\n");
        ReportPage.Figures(part, record);
        var curve = TrainingCurve.Of(record);
        if (curve.CanBeDrawn) ReportCurves.Append(part, record, curve);
        return part.ToString();
    }
}
