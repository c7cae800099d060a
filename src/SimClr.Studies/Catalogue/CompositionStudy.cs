using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>
/// Figure 5: single transforms (on the diagonal) and pairs of them, the row's first. Only one view is transformed, the other
/// shows the image as it is. A crop always comes first here, so that "X, then crop" is not run; the plot shows "crop, then X"
/// there.
/// </summary>
internal static class CompositionStudy
{
    private static readonly (string Key, string Label, string Transforms)[] Single =
    [
        ("crop", "Crop", "crop,flip"), ("cutout", "Cutout", "cutout"), ("color", "Color", "color,gray"),
        ("sobel", "Sobel", "sobel"), ("noise", "Noise", "noise"), ("blur", "Blur", "blur"), ("rotate", "Rotate", "rotate"),
    ];

    private static readonly string[] Quick = ["crop", "cutout", "color", "sobel"];

    public static Study Study { get; } = new()
    {
        Name = "composition",
        Title = "Composition of transforms",
        Source = "Figure 5",
        Shows = "No single transform suffices; crop with color distortion stands out among the pairs.",
        // Images that are not cropped are seen in training as they are afterwards, at one size.
        Settings = new() { ["evaluation_image_size"] = 0, ["blur"] = 1 },
        QuickSettings = Small(),
        QuickCells = [.. Cells(Single.Where(single => Quick.Contains(single.Key)).ToArray()).Select(cell => cell.Key)],
        RowName = "1st transform",
        ColumnName = "2nd transform",
        Form = StudyForm.HeatMap,
        Cells = [.. Cells(Single)],
    };

    private static IEnumerable<StudyCell> Cells((string Key, string Label, string Transforms)[] single) =>
        from first in single
        from second in single
        where second.Key != "crop" || first.Key == "crop"
        let isSingle = first.Key == second.Key
        select new StudyCell(isSingle ? first.Key : $"{first.Key}-{second.Key}", first.Label, second.Label, new()
        {
            ["transforms"] = isSingle ? first.Transforms : $"{first.Transforms},{second.Transforms}",
            ["second_transforms"] = "none",
        });

    private static JsonObject Small()
    {
        var settings = QuickScale.Settings(epochs: 3, limit: 5000);
        settings["evaluation_image_size"] = 0;
        return settings;
    }
}
