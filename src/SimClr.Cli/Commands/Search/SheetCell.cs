using SimClr.Data;
using SimClr.Images;

namespace SimClr.Cli.Commands;

/// <summary>The cells of contact sheets, and found images for them and for pages.</summary>
internal static class SheetCell
{
    /// <summary>Side of a cell in pixels.</summary>
    public const int Side = 128;

    private const byte Gone = 0xC0, Blank = 0xF4;

    /// <summary>A found image, small, or null where it is gone or cannot be read.</summary>
    /// <param name="load">Gives the image, shrunk to fit a square of the given side.</param>
    public static RgbImage? Load(Func<int, RgbImage> load)
    {
        try
        {
            return load(2 * Side); // pages show more of it than sheets
        }
        catch (DataException)
        {
            return null;
        }
    }

    /// <summary>The placeholder of an image that is gone.</summary>
    public static RgbImage OfGone() => Filled(Gone);

    /// <summary>Where there is no image.</summary>
    public static RgbImage OfNone() => Filled(Blank);

    private static RgbImage Filled(byte gray)
    {
        var cell = new RgbImage(Side, Side);
        cell.Pixels.Fill(gray);
        return cell;
    }
}
