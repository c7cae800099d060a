using System.Globalization;
using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>
/// Figure 9 and Table B.1: batch size and training length, with both ways to scale the learning rate. Batch sizes and epochs are
/// multiples of the settings, 1 to 32 and 1 to 8 as in the paper, whose smallest are 256 and 100.
/// </summary>
internal static class BatchEpochsStudy
{
    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32], Epochs = [1, 2, 4, 8];

    private static readonly double[,] Linear =
    {
        { 57.5, 61.9, 64.7, 66.6 }, { 60.7, 64.0, 66.2, 67.8 }, { 62.8, 65.3, 67.2, 68.5 },
        { 64.0, 66.1, 68.1, 68.9 }, { 64.6, 66.5, 68.2, 68.9 }, { 64.8, 66.6, 67.8, 69.0 },
    };

    private static readonly double[,] SquareRoot =
    {
        { 62.8, 64.3, 65.7, 66.5 }, { 63.8, 65.6, 66.7, 67.4 }, { 64.3, 66.1, 67.2, 68.3 },
        { 64.7, 66.8, 67.9, 68.8 }, { 64.5, 66.8, 68.0, 69.1 }, { 64.8, 67.0, 68.3, 69.1 },
    };

    public static Study Study { get; } = new()
    {
        Name = "batch-epochs",
        Title = "Batch size and training length",
        Source = "Figure 9 and Table B.1",
        Shows = "Larger batches help most where training is short; longer training and a learning rate scaled by the square root "
            + "make up for small batches.",
        PaperScale = "ImageNet, ResNet-50, batches of 256 to 8192 and 100 to 800 epochs (here by their multiples), linear "
            + "classifier on frozen features, one run each",
        // The paper's rates: 0.3·N/256, and 0.075·√N for the other rule, which is a quarter of the base rate.
        Settings = new() { ["learning_rate"] = 0.3, ["epochs"] = 5, ["warmup_epochs"] = 0.5, ["batch_size"] = 64 },
        MicroBatch = 256,
        QuickSettings = Quick(),
        QuickCells = [.. from batch in (int[])[1, 4, 16] from epochs in (int[])[1, 2] select Key(batch, epochs, "linear")],
        RowName = "batch size",
        ColumnName = "epochs",
        Cells = [.. Cells("linear", "linear scaling", 1, Linear), .. Cells("sqrt", "square-root scaling", 0.25, SquareRoot)],
    };

    private static JsonObject Quick()
    {
        var settings = QuickScale.Settings(epochs: 3);
        settings["batch_size"] = 32;
        return settings;
    }

    private static IEnumerable<StudyCell> Cells(string rule, string panel, double rate, double[,] paper) =>
        from batch in Enumerable.Range(0, Batches.Length)
        from epochs in Enumerable.Range(0, Epochs.Length)
        select new StudyCell(Key(Batches[batch], Epochs[epochs], rule), "{batch_size}", "{epochs}",
            new() { ["learning_rate_scaling"] = rule })
        {
            Panel = panel,
            Multiples = new Dictionary<string, double>
            {
                ["batch_size"] = Batches[batch],
                ["epochs"] = Epochs[epochs],
                ["learning_rate"] = rate,
            },
            Paper = new(paper[batch, epochs] / 100),
        };

    private static string Key(int batch, int epochs, string rule) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule}-batch-{batch}x-epochs-{epochs}x");
}
