namespace SimClr.Studies;

/// <summary>Figure 7: depth and width of the encoder. Widths are 1, 2 and 4 times that of the settings.</summary>
internal static class DepthWidthStudy
{
    private static readonly int[] Depths = [18, 34, 50, 101, 152], Widths = [1, 2, 4];

    private static readonly Dictionary<(int Depth, int Width), double> Paper = new()
    {
        [(50, 1)] = 0.693,
        [(50, 2)] = 0.742,
        [(50, 4)] = 0.765,
    };

    public static Study Study { get; } = new()
    {
        Name = "depth-width",
        Title = "Depth and width of the encoder",
        Source = "Figure 7",
        Shows = "Deeper and wider encoders learn better features; the gain is larger than with labels.",
        PaperScale = "ImageNet, batch 4096, 1000 epochs, linear classifier on frozen features, one run each",
        Settings = new() { ["width"] = 0.25 },
        QuickSettings = QuickScale.Settings(epochs: 2, limit: 5000),
        QuickCells = [Key(18, 1), Key(18, 2), Key(34, 1), Key(50, 1)],
        RowName = "encoder",
        ColumnName = "width",
        Form = StudyForm.Parameters,
        Cells =
        [
            .. from depth in Depths
               from width in Widths
               select new StudyCell(Key(depth, width), $"ResNet-{depth}", "×{width}", new() { ["encoder"] = $"resnet{depth}" })
               {
                   Multiples = new Dictionary<string, double> { ["width"] = width },
                   Paper = Paper.TryGetValue((depth, width), out var top1) ? new(top1) : null,
               },
        ],
    };

    private static string Key(int depth, int width) => $"resnet{depth}-{width}x";
}
