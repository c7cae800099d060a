using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>Table 1: strength of the color distortion, and AutoAugment, for SimCLR and for supervised training.</summary>
internal static class ColorStudy
{
    private const string Views = "crop,flip,color,gray";

    private static readonly (string Key, string Label, JsonObject Views, double? SimClr, double? Supervised)[] Table =
    [
        ("1-8", "1/8", Strength(0.125), 59.6, 77.0),
        ("1-4", "1/4", Strength(0.25), 61.0, 76.7),
        ("1-2", "1/2", Strength(0.5), 62.6, 76.5),
        ("1", "1", Strength(1), 63.2, 75.7),
        ("1-blur", "1 + blur", Strength(1, Views + ",blur"), 64.5, 75.4),
        ("autoaugment", "AutoAugment", Policy("autoaugment-imagenet"), 61.1, 77.1),
        ("autoaugment-cifar10", "AutoAugment (CIFAR-10)", Policy("autoaugment-cifar10"), null, null),
    ];

    private static readonly string[] Quick = ["1-8", "1-2", "1", "autoaugment-cifar10"];

    public static Study Study { get; } = new()
    {
        Name = "color",
        Title = "Strength of the color distortion",
        Source = "Table 1",
        Shows = "Stronger color distortion helps SimCLR, more than a policy that was found with labels (AutoAugment) does, and "
            + "does not help a network that is trained with labels. Supervised runs are judged by their own answers.",
        QuickCells = [.. from kind in (string[])["simclr", "supervised"] from key in Quick select $"{kind}-{key}"],
        ColumnName = "color distortion",
        Cells =
        [
            .. Table.Select(row => new StudyCell($"simclr-{row.Key}", "SimCLR", row.Label, row.Views)
            {
                Paper = Paper(row.SimClr),
            }),
            .. Table.Select(row => new StudyCell($"supervised-{row.Key}", "supervised", row.Label, WithLabels(row.Views))
            {
                Kind = CellKind.Supervised,
                Paper = Paper(row.Supervised),
            }),
        ],
    };

    private static PaperFigures? Paper(double? percent) => percent is { } top1 ? new(top1 / 100) : null;

    private static JsonObject Strength(double strength, string transforms = Views) =>
        new() { ["transforms"] = transforms, ["color_strength"] = strength, ["blur"] = 0.5 };

    private static JsonObject Policy(string name) => new() { ["transforms"] = $"crop,flip,{name}" };

    // The usual recipe with labels: SGD with Nesterov's momentum and a rate of 0.1 at batch 256.
    private static JsonObject WithLabels(JsonObject views)
    {
        var settings = views.DeepClone().AsObject();
        settings["optimizer"] = "sgd";
        settings["learning_rate"] = 0.1;
        settings["learning_rate_scaling"] = "linear";
        settings["weight_decay"] = 5e-4;
        return settings;
    }
}
