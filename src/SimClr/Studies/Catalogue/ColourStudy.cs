using System.Text.Json.Nodes;

namespace SimClr.Studies.Catalogue;

/// <summary>Table 1: strength of the colour distortion, and AutoAugment, for SimCLR and for supervised training.</summary>
internal static class ColourStudy
{
    private const string Views = "crop,flip,color,gray";

    private static readonly (string Key, string Label, double Strength, double Paper)[] Strengths =
    [
        ("1-8", "1/8", 0.125, 59.6), ("1-4", "1/4", 0.25, 61.0), ("1-2", "1/2", 0.5, 62.6), ("1", "1", 1, 63.2),
    ];

    public static Study Study { get; } = new()
    {
        Name = "colour",
        Title = "Strength of the colour distortion",
        Source = "Table 1",
        Shows = "Stronger colour distortion helps SimCLR, more than a policy that was found with labels (AutoAugment) does.",
        QuickCells = ["simclr-1-8", "simclr-1-2", "simclr-1", "simclr-autoaugment-cifar10"],
        ColumnName = "colour distortion",
        Cells =
        [
            .. Strengths.Select(s => new StudyCell($"simclr-{s.Key}", "SimCLR", s.Label, Strength(s.Strength, Views))
            {
                Paper = new(s.Paper / 100),
            }),
            new StudyCell("simclr-1-blur", "SimCLR", "1 + blur", Strength(1, Views + ",blur")) { Paper = new(0.645) },
            new StudyCell("simclr-autoaugment", "SimCLR", "AutoAugment", Policy("autoaugment-imagenet")) { Paper = new(0.611) },
            new StudyCell("simclr-autoaugment-cifar10", "SimCLR", "AutoAugment (CIFAR-10)", Policy("autoaugment-cifar10")),
        ],
    };

    private static JsonObject Strength(double strength, string transforms) =>
        new() { ["transforms"] = transforms, ["color_strength"] = strength, ["blur"] = 0.5 };

    private static JsonObject Policy(string policy) => new() { ["transforms"] = $"crop,flip,{policy}" };
}
