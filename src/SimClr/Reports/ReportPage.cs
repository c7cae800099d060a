using System.Text;
using SimClr.Evaluation;
using static SimClr.Reports.ReportText;

namespace SimClr.Reports;

/// <summary>The page: the result first, then how it came about, then everything needed to make it again.</summary>
internal static class ReportPage
{
    /// <summary>The page as HTML.</summary>
    /// <param name="record">The run.</param>
    /// <param name="curve">Its course.</param>
    /// <param name="views">The grid of views as PNG, or null.</param>
    public static string Html(RunRecord record, TrainingCurve curve, byte[]? views)
    {
        var page = new StringBuilder();
        page.Append($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>SimCLR: {Escape(record.Config.DataName)}</title>
            <style>
            {ReportStyle.Css}
            </style>
            </head>
            <body>

            """);
        Headline(page, record);
        foreach (var warning in record.Warnings) page.Append($"<p class=\"warning\">{Escape(warning.Message)}</p>\n");
        Figures(page, record);
        if (record.Evaluations.Count > 0)
            Evaluations(page, record.Evaluations, record.Config.IsImported ? "imported encoder" : "SimCLR");
        if (record.Classifiers.Count > 0)
            Classifiers(page, record.Classifiers, record.Config.IsImported ? "imported encoder" : "SimCLR");
        if (curve.CanBeDrawn) ReportCurves.Append(page, record, curve);
        Story(page, record, views);
        Settings(page, record);
        Again(page, record);
        page.Append($"<footer>SimCLR.NET {Escape(record.Config.Version)} · {Escape(record.Config.Compute)} · after Chen et al., "
            + "“A Simple Framework for Contrastive Learning of Visual Representations”, 2020.</footer>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Headline(StringBuilder page, RunRecord record)
    {
        var (headline, detail) = ReportWords.Headline(record);
        page.Append($"<h1>{Escape(headline)}</h1>\n<p class=\"lead soft\">{Escape(detail)}</p>\n");
    }

    private static void Figures(StringBuilder page, RunRecord record)
    {
        page.Append("<div class=\"figures\">\n");
        void Figure(string value, string words) =>
            page.Append($"<div class=\"figure\"><b>{Escape(value)}</b><span>{Escape(words)}</span></div>\n");
        if (record.Loss is { } l)
            Figure($"{l:0.000}", "loss at the end" + (record.ChanceLoss is { } chance ? $"; {chance:0.000} would be chance" : ""));
        if (record.ContrastiveTop1 is { } f)
            Figure(Percent(f), $"of the views find their partner; {100 * record.ChanceTop1:0.00} % would be chance");
        if (record.UnreadablePictures > 0)
            Figure(Count(record.UnreadablePictures), "pictures could not be read; others took their place");
        if (record.Summary is { } s)
        {
            Figure(Duration(s.Seconds), $"of training, {s.Epochs} epochs");
            Figure(Count(s.ViewsPerSecond), "views per second");
        }
        page.Append("</div>\n");
    }

    private static void Evaluations(StringBuilder page, IReadOnlyList<EvaluationResult> results, string features)
    {
        page.Append("<h2>What the representation is worth</h2>\n");
        foreach (var result in results)
        {
            page.Append($"<h3>{Escape(ReportWords.Protocol(result))}</h3>\n<div class=\"bars\">\n");
            Bar(page, features, result.Top1, "main");
            if (result.Baselines?.RandomEncoder is { } random) Bar(page, "untrained encoder", random, "");
            if (result.Baselines?.RawPixels is { } pixels) Bar(page, "raw pixels", pixels, "");
            page.Append($"</div>\n<p class=\"soft\">Share of {Count(result.TestCount)} test pictures whose class is named right; "
                + $"among the first five for {Percent(result.Top5)}.</p>\n");
        }
    }

    private static void Classifiers(StringBuilder page, IReadOnlyList<ClassifierResult> results, string pretrained)
    {
        page.Append("<h2>What labels add</h2>\n");
        foreach (var result in results)
        {
            var isTuned = result.Protocol == "finetune";
            page.Append($"<h3>{Escape(ReportWords.Protocol(result))}</h3>\n<div class=\"bars\">\n");
            Bar(page, isTuned ? $"{pretrained}, fine-tuned" : "from scratch", result.Top1, isTuned ? "main" : "");
            if (result.Supervised is { } scratch) Bar(page, "from scratch", scratch.Top1, "");
            page.Append($"</div>\n<p class=\"soft\">Share of {Count(result.TestCount)} test pictures whose class is named right "
                + $"after {Count(result.Epochs)} epochs; among the first five for {Percent(result.Top5)}.</p>\n");
        }
    }

    private static void Bar(StringBuilder page, string name, double share, string kind) =>
        page.Append(FormattableString.Invariant(
            $"<div>{Escape(name)}</div><div class=\"track\">")
            + FormattableString.Invariant($"<div class=\"bar {kind}\" style=\"width:{80 * share:0.##}%\"></div>")
            + $"<span class=\"value\">{Percent(share)}</span></div>\n");

    private static void Story(StringBuilder page, RunRecord record, byte[]? views)
    {
        page.Append("<h2>What was done</h2>\n");
        foreach (var paragraph in ReportWords.Story(record)) page.Append($"<p>{Escape(paragraph)}</p>\n");
        if (views is null) return;
        page.Append("<h3>Pictures and views of them</h3>\n<p class=\"soft\">Left the picture; beside it, what random crops, "
            + "flips and colours make of it. Any two in a row are a pair that belongs together.</p>\n");
        var source = $"data:image/png;base64,{Convert.ToBase64String(views)}";
        page.Append($"<img alt=\"Pictures beside their augmented views\" src=\"{source}\">\n");
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
        page.Append($"<tr><td>data</td><td>{Escape(record.Config.Data)}</td></tr>\n</table>\n");
    }

    private static void Again(StringBuilder page, RunRecord record)
    {
        page.Append("<h2>Make it again</h2>\n<pre>");
        page.Append(Escape(string.Join('\n', ReportWords.Commands(record))));
        page.Append("</pre>\n<p class=\"soft\">The same settings, data and versions on the same kind of machine give the same "
            + "run: everything random follows from the seed.</p>\n");
    }
}
