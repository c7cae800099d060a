using System.Globalization;
using System.Text.RegularExpressions;
using SimClr.Datasets;
using SimClr.Evaluation.Gallery;
using SimClr.Images;

namespace SimClr.Embedding;

/// <summary>Finds the pixels of an indexed picture again: a file, a record of CIFAR-10, or a shape that is drawn anew.</summary>
internal static partial class IndexedPictureLoader
{
    /// <summary>A picture that fits into a square.</summary>
    /// <param name="picture">One of an index.</param>
    /// <param name="side">The square in pixels.</param>
    /// <exception cref="DataException">It is gone or cannot be read; the message names it.</exception>
    public static RgbImage Load(IndexedPicture picture, int side)
    {
        var whole = Record().Match(picture.Picture) is { Success: true } record && !File.Exists(picture.Picture)
            ? CifarRecords.LoadRecord(record.Groups[1].Value, Number(record.Groups[2]))
            : Fingerprint().Match(picture.Stamp) is { Success: true } stamp
                && Shape().Match(picture.Picture) is { Success: true } shape
            ? Draw(stamp, Number(shape.Groups[1]), side)
            : LoadFile(picture.Picture, side);
        return ImageFitting.Into(whole, side);
    }

    private static RgbImage LoadFile(string path, int side)
    {
        if (!File.Exists(path)) throw new DataException($"{PictureFile.Shown(path)} is gone.");
        return new Thumbnails(new PictureFilePart(path, [new PictureFile(path, path, 0)], [], _ => -1)).Load(0, side);
    }

    private static RgbImage Draw(Match stamp, int index, int side)
    {
        var part = stamp.Groups[1].Value == "train" ? ShapesPart.Train : ShapesPart.Test;
        var seed = ulong.Parse(stamp.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        return new Shapes(Number(stamp.Groups[2]), side, part, seed).Load(index);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    // Nine digits fit an int, nineteen an ulong.
    [GeneratedRegex(@"^(.+), record ([0-9]{1,9})$", RegexOptions.Singleline)]
    private static partial Regex Record();

    [GeneratedRegex(@"^shapes (?:train|test) ([0-9]{1,9})$")]
    private static partial Regex Shape();

    [GeneratedRegex(@"^shapes1-(train|test)-([1-9][0-9]{0,8})-[0-9]{1,9}px-seed([0-9]{1,19})$")]
    private static partial Regex Fingerprint();
}
