using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>
/// Table 4: objectives. The paper tunes margin and temperature of the others (Appendix B.10) without saying what was best; the
/// values here are in the middle of its grid, and NT-Xent keeps the preset's temperature.
/// </summary>
internal static class LossStudy
{
    public static Study Study { get; } = new()
    {
        Name = "loss",
        Title = "Loss functions",
        Source = "Table 4",
        Shows = "NT-Xent is ahead, and semi-hard negatives help the losses that do not weigh negatives by how hard they are.",
        ColumnName = "loss",
        Cells =
        [
            Cell("margin", "margin", 50.9, "margin", "all"),
            Cell("nt-logistic", "NT-Logistic", 51.6, "nt-logistic", "all"),
            Cell("margin-semi-hard", "margin (sh)", 57.5, "margin", "semi-hard"),
            Cell("nt-logistic-semi-hard", "NT-Logistic (sh)", 57.9, "nt-logistic", "semi-hard"),
            Cell("nt-xent", "NT-Xent", 63.9, "nt-xent", "all"),
        ],
    };

    private static StudyCell Cell(string key, string label, double paper, string loss, string negatives)
    {
        var settings = new JsonObject { ["loss"] = loss, ["negatives"] = negatives };
        if (loss == "margin") settings["margin"] = 0.4;
        if (loss == "nt-logistic") settings["temperature"] = 0.2;
        return new StudyCell(key, "", label, settings) { Paper = new(paper / 100) };
    }
}
