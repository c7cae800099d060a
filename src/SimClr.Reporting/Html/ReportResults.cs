using System.Text;
using SimClr.Evaluation;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>The part of the page that shows what the representation is worth, in bars and in images.</summary>
internal static class ReportResults
{
    /// <summary>Adds the results of all evaluations.</summary>
    public static void Append(StringBuilder page, RunRecord record)
    {
        var features = record.Config.IsImported ? "imported encoder" : "SimCLR";
        if (record.Evaluations.Count > 0) Evaluations(page, record, features);
        if (record.Classifiers.Count > 0) Classifiers(page, record.Classifiers, features);
        Gallery(page, record);
    }

    private static void Evaluations(StringBuilder page, RunRecord record, string features)
    {
        page.Append("<h2>What the representation is worth</h2>\n");
        foreach (var (i, result) in record.Evaluations.Index())
        {
            page.Append($"<h3>{Escape(ReportWords.Protocol(result))}</h3>\n<div class=\"bars\">\n");
            Bar(page, features, result.Top1, "main");
            if (result.Baselines?.RandomEncoder is { } random) Bar(page, "untrained encoder", random, "");
            if (result.Baselines?.RawPixels is { } pixels) Bar(page, "raw pixels", pixels, "");
            page.Append($"</div>\n<p class=\"soft\">Share of {Count(result.TestCount)} test images whose class is named right; "
                + $"among the first five for {Percent(result.Top5)}. {Escape(ReportWords.Data(result.MeasuredOn))}</p>\n");
            var confusion = record.Folder.Confusion(result.Protocol, result.Layer, result.UseViews ?? 1);
            if (result.Confusion is null || !File.Exists(confusion)) continue;
            page.Append($"<details{(i == 0 ? " open" : "")}><summary>Which class was taken for which</summary>\n");
            page.Append(ReportDocument.Image(confusion, "Confusion matrix: true classes in rows, predicted ones in columns"));
            page.Append("</details>\n");
        }
    }

    private static void Classifiers(StringBuilder page, IReadOnlyList<FineTuningResult> results, string pretrained)
    {
        page.Append("<h2>What labels add</h2>\n");
        foreach (var result in results)
        {
            var isTuned = result.Protocol == "finetune";
            page.Append($"<h3>{Escape(ReportWords.Protocol(result))}</h3>\n<div class=\"bars\">\n");
            Bar(page, isTuned ? $"{pretrained}, fine-tuned" : "from scratch", result.Top1, isTuned ? "main" : "");
            if (result.Supervised is { } scratch) Bar(page, "from scratch", scratch.Top1, "");
            page.Append($"</div>\n<p class=\"soft\">Share of {Count(result.TestCount)} test images whose class is named right "
                + $"after {Count(result.Epochs)} epochs; among the first five for {Percent(result.Top5)}. "
                + $"{Escape(ReportWords.Data(result.MeasuredOn))}</p>\n");
        }
    }

    private static void Gallery(StringBuilder page, RunRecord record)
    {
        var neighbors = record.Folder.File(FeatureGallery.NeighborsFile);
        var map = record.Folder.File(FeatureGallery.MapFile);
        if (!File.Exists(neighbors) || !File.Exists(map)) return;
        var frames = FramesOf(record.Gallery);
        page.Append("<h2>What it holds for alike</h2>\n<h3>Nearest neighbors</h3>\n<p class=\"soft\">Left an image; beside it "
            + $"those of the others whose representations are nearest to its own. {frames.Neighbors}"
            + $"{Escape(ReportWords.Data(record.Gallery?.MeasuredOn))}</p>\n");
        page.Append(ReportDocument.Image(neighbors, "Images beside their nearest neighbors"));
        page.Append("<h3>Map</h3>\n<p class=\"soft\">Images laid out so that those with similar representations lie together "
            + "(t-SNE). " + frames.Map + "Only what is near means something here: distances between far images do not.</p>\n");
        page.Append(ReportDocument.Image(map, "Images on a map on which similar ones lie together"));
    }

    /// <summary>
    /// The meaning of the frames of both images, each in a sentence before a space; nothing where there are none.
    /// </summary>
    private static (string Neighbors, string Map) FramesOf(GalleryResult? gallery) => gallery switch
    {
        null => ("A frame, where there is one, marks an image of another class. ",
            "Colored frames, where there are any, stand for classes. "),
        { ClassCount: 0 } => ("", ""),
        { ClassCount: <= MapImage.MaxColors } => ("A frame marks an image of another class. ",
            "Frames have the colors of classes, which the layout does not know. "),
        _ => ("A frame marks an image of another class. ", ""),
    };

    private static void Bar(StringBuilder page, string name, double share, string kind) =>
        page.Append(FormattableString.Invariant(
            $"<div>{Escape(name)}</div><div class=\"track\">")
            + FormattableString.Invariant($"<div class=\"bar {kind}\" style=\"width:{80 * share:0.##}%\"></div>")
            + $"<span class=\"value\">{Percent(share)}</span></div>\n");
}
