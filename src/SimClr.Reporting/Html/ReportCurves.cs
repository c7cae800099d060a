using System.Text;
using SimClr.Runs;
using SimClr.Training;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>The part of the page that shows how a run learned: loss and accuracy, then small curves of how vectors lie.</summary>
internal static class ReportCurves
{
    private static readonly (double, double) Small = (350, 170);

    /// <summary>Adds the section; the small curves only where the run logged them.</summary>
    public static void Append(StringBuilder page, RunRecord record, TrainingCurve curve)
    {
        page.Append("<h2>How it learned</h2>\n<h3>Loss</h3>\n");
        var loss = new CurveSvg("The loss over epochs", v => $"{v:0.##}") { Reference = Chance(curve.ChanceLoss) };
        page.Append(loss.Draw(curve.Epochs, curve.Loss));
        page.Append("\n<h3>Views that find their partner</h3>\n");
        Func<double, string> percent = v => v is > 0 and < 0.01 ? $"{100 * v:0.00} %" : $"{100 * v:0} %";
        var found = new CurveSvg("Contrastive accuracy over epochs", percent)
        {
            Reference = Chance(curve.ChanceFound),
            Highest = 1,
        };
        page.Append(found.Draw(curve.Epochs, curve.Found)).Append('\n');

        var small = new StringBuilder();
        Func<double, string> plain = v => $"{v:0.##}";
        var most = (CollapseAlarm.MaxDimensions(record.Config.Options), "at most");
        Add("Classes named by the online probe", "A linear classifier that learns beside; training does not see its labels.",
            p => p.OnlineTop1, new("Accuracy of the online probe over epochs", percent));
        Add("Classes named by nearest neighbors", "Of test images, by the representations of training images.",
            p => p.KnnTop1, new("Accuracy of nearest neighbors over epochs", percent));
        Add("Partners: distance (alignment)", "0 when the two views of an image coincide, 2 when they have nothing in common.",
            p => p.Alignment, new("Alignment over epochs", plain));
        Add("Different images: spread (uniformity)", "0 when all look alike; about −4 when they are spread evenly.",
            p => p.Uniformity, new("Uniformity over epochs", plain) { Lowest = -4.2, Highest = 0 });
        Add("Dimensions in use, projections z", "The effective rank; near 1 they have collapsed.",
            p => p.EffectiveRankZ, new("Effective rank of z over epochs", plain) { Reference = most });
        Add("Dimensions in use, representations h", "The effective rank of what is kept.",
            p => p.EffectiveRankH, new("Effective rank of h over epochs", plain));
        Add("Entropy", "How many others a view takes for its partner, as ln; lower is surer.",
            p => p.Entropy, new("Entropy over epochs", plain) { Reference = Chance(-Math.Log(record.ChanceTop1)) });
        Add("Gradient norm", "Should settle; leaps come from too high a learning rate, 0 means that nothing changes.",
            p => p.GradientNorm, new("Gradient norm over epochs", v => $"{v:G3}"));
        if (small.Length > 0) page.Append($"<div class=\"small\">\n{small}</div>\n");

        void Add(string title, string words, Func<TrainingMetrics, double?> figure, CurveSvg svg)
        {
            var (x, y) = curve.Of(figure);
            if (x.Length < 2) return;
            small.Append($"<div><h3>{Escape(title)}</h3>\n{(svg with { Size = Small }).Draw(x, y)}\n");
            small.Append($"<p class=\"soft\">{Escape(words)}</p></div>\n");
        }
    }

    private static (double, string)? Chance(double? level) => level is { } value ? (value, "chance") : null;
}
