namespace SimClr.Studies;

/// <summary>Figure 8: kinds of projection heads g and dimensions of z; z is judged in addition to h (Section 4.2).</summary>
internal static class HeadStudy
{
    private static readonly int[] Dimensions = [32, 64, 128, 256, 512, 1024, 2048];

    private static readonly (string Key, string Label)[] Heads = [("linear", "linear"), ("nonlinear", "non-linear")];

    public static Study Study { get; } = new()
    {
        Name = "head",
        Title = "Projection head",
        Source = "Figure 8",
        Shows = "A nonlinear head gives better features h than a linear one, and that better ones than none; the dimension of z "
            + "hardly matters, and z itself is worth much less than h.",
        QuickCells = ["none", Key("linear", 32), Key("linear", 512), Key("nonlinear", 32), Key("nonlinear", 512)],
        JudgesProjections = true,
        RowName = "head",
        ColumnName = "dimension of z",
        Cells =
        [
            .. from head in Heads
               from dimension in Dimensions
               select new StudyCell(Key(head.Key, dimension), head.Label, $"{dimension}",
                   new() { ["head"] = head.Key, ["projection_dimension"] = dimension }),
            new StudyCell("none", "none", "that of h", new() { ["head"] = "identity" }),
        ],
    };

    private static string Key(string head, int dimension) => $"{head}-{dimension}";
}
