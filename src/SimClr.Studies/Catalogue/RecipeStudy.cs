using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>
/// Not in the paper: one change at a time from the settings of a preset, to find out what helps on one's own data. Changes that
/// cost more by step have fewer epochs, so that all cells take about the same time; the table has the minutes.
/// </summary>
internal static class RecipeStudy
{
    public static Study Study { get; } = new()
    {
        Name = "recipe",
        Title = "Recipe, one change at a time",
        Source = "not in the paper",
        IsOfPaper = false,
        Shows = "What each change is worth beside the unchanged settings. A difference within the deviation over seeds means "
            + "nothing, and a change of batch, views or head has its own best learning rate.",
        ColumnName = "change",
        Base = "unchanged",
        QuickCells = ["unchanged", "rate-2.5x", "rate-5x", "views-4"],
        Cells =
        [
            new("unchanged", "", "none", []),
            Times("rate-0.5x", "rate ×0.5", ("learning_rate", 0.5)),
            Times("rate-2.5x", "rate ×2.5", ("learning_rate", 2.5)),
            Times("rate-5x", "rate ×5", ("learning_rate", 5)),
            Times("rate-10x", "rate ×10", ("learning_rate", 10)),
            With("head-3", "head of 3 layers, 1024 wide", new() { ["head_layers"] = 3, ["hidden_dimension"] = 1024 }),
            Times("batch-0.5x", "batch ×0.5", ("batch_size", 0.5)),
            Times("batch-2x", "batch ×2", ("batch_size", 2)),
            Times("temperature-0.5x", "temperature ×0.5", ("temperature", 0.5)),
            Times("temperature-2x", "temperature ×2", ("temperature", 2)),
            With("crop-0.08", "crops from 0.08", new() { ["crop_scale_min"] = 0.08 }),
            With("crop-0.4", "crops from 0.4", new() { ["crop_scale_min"] = 0.4 }),
            With("crop-to-0.6", "crops up to 0.6", new() { ["crop_scale_max"] = 0.6 }),
            With("bicubic", "bicubic crops", new() { ["interpolation"] = "bicubic" }),
            Times("color-0.5x", "color ×0.5", ("color_strength", 0.5)),
            Times("color-2x", "color ×2", ("color_strength", 2)),
            Times("saturation-0.5x", "saturation ×0.5", ("saturation", 0.5)),
            With("gray-0.5", "gray 0.5", new() { ["gray"] = 0.5 }),
            With("blur", "blur 0.5", new() { ["blur"] = 0.5 }),
            Times("decay-0.1x", "decay ×0.1", ("weight_decay", 0.1)),
            Times("decay-10x", "decay ×10", ("weight_decay", 10)),
            Times("warmup-0.5x", "warmup ×0.5", ("warmup_epochs", 0.5)),
            With("final-rate", "final rate 0.05", new() { ["final_learning_rate"] = 0.05 }),
            With("sgd", "SGD, Nesterov, 0.06", new()
            {
                ["optimizer"] = "sgd",
                ["nesterov"] = true,
                ["learning_rate"] = 0.06,
                ["weight_decay"] = 5e-4,
            }),
            With("ema", "averaged weights, 0.99", new() { ["ema"] = 0.99 }),
            Times("side-0.75x", "side ×0.75, epochs ×2", ("image_size", 0.75), ("epochs", 2)),
            Views("views-4", "4 views", 4, ("batch_size", 0.5), ("epochs", 0.5)),
            Views("views-8", "8 views", 8, ("batch_size", 0.25), ("epochs", 0.25)),
            Views("views-8-side-0.75x", "8 views, side ×0.75", 8, ("batch_size", 0.25), ("epochs", 0.5), ("image_size", 0.75)),
            Times("small-views", "2 views and 4 small", ("batch_size", 0.5), ("epochs", 0.67)) with
            {
                Settings = new() { ["small_views"] = 4 },
            },
        ],
    };

    private static StudyCell Times(string key, string label, params (string Setting, double Factor)[] multiples) =>
        new(key, "", label, []) { Multiples = multiples.ToDictionary(multiple => multiple.Setting, multiple => multiple.Factor) };

    private static StudyCell Views(string key, string label, int views, params (string Setting, double Factor)[] multiples) =>
        Times(key, label, multiples) with { Settings = new() { ["views"] = views } };

    private static StudyCell With(string key, string label, JsonObject settings) => new(key, "", label, settings);
}
