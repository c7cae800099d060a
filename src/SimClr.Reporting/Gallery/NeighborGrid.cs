using SimClr.Data;
using SimClr.Images;

namespace SimClr.Reporting;

/// <summary>Images, each in a row with those whose features are nearest to its own.</summary>
/// <param name="images">Where they come from.</param>
internal sealed class NeighborGrid(Thumbnails images)
{
    private const int Side = 96, Frame = 4, Gap = 4;

    /// <summary>The color, red green blue, of the frame of a neighbor that is of another class.</summary>
    private static readonly byte[] Other = [0xD9, 0x5F, 0x0E];

    /// <summary>An image in the grid.</summary>
    /// <param name="Index">Which of the dataset.</param>
    /// <param name="Label">Its class, or -1.</param>
    public readonly record struct Shown(int Index, int Label);

    /// <summary>Draws the grid.</summary>
    /// <param name="rows">In each the image and then its neighbors, nearest first.</param>
    public RgbImage Draw(IReadOnlyList<IReadOnlyList<Shown>> rows)
    {
        var most = rows.Max(row => row.Count) - 1;
        string[] headings = ["image", .. Enumerable.Range(1, most).Select(i => i == 1 ? "nearest" : $"{i}.")];
        return ImageGrid.Compose([.. rows.Select(Row)], Side + 2 * Frame, Gap, headings);
    }

    private RgbImage[] Row(IReadOnlyList<Shown> row) => [.. row.Select(shown =>
    {
        var cell = ImageGrid.Compose([[images.Load(shown.Index, Side)]], Side, Frame);
        if (shown.Label >= 0 && row[0].Label >= 0 && shown.Label != row[0].Label) DrawFrame(cell);
        return cell;
    })];

    private static void DrawFrame(RgbImage cell)
    {
        for (var y = 0; y < cell.Height; y++)
            for (var x = 0; x < cell.Width; x++)
            {
                var edge = Math.Min(Math.Min(x, y), Math.Min(cell.Width - 1 - x, cell.Height - 1 - y));
                if (edge < Frame) Other.CopyTo(cell.Pixels[(3 * (y * cell.Width + x))..]);
            }
    }
}
