using System.Globalization;
using System.Text.RegularExpressions;
using SimClr.Data;
using SimClr.Images;

namespace SimClr.Search;

/// <summary>
/// Where the pixels of an indexed image lie: in a file, in a record of CIFAR-10, or nowhere, where a shape is drawn anew. An
/// index may come from somebody else, so nothing is read but what the index describes rightly: a file of the size and time that
/// it says, a file that is made of CIFAR-10's records.
/// </summary>
public abstract partial record ImageLocation
{
    /// <summary>The file that is read, or null where none is.</summary>
    public abstract string? Path { get; }

    /// <summary>The place of an image, by its stamp and its name; null where they say none.</summary>
    public static ImageLocation? Of(IndexedImage image)
    {
        if (FileStamp.TryParse(image.Stamp, out var stamp)) return new InFile(image.Image, stamp.Value);
        if (ShapesStamp().Match(image.Stamp) is { Success: true } shapes)
        {
            var part = shapes.Groups[1].Value == "train" ? ShapesPart.Train : ShapesPart.Test;
            var seed = ulong.Parse(shapes.Groups[4].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            return ShapeName().Match(image.Image) is { Success: true } shape
                ? new Drawn(part, Number(shapes.Groups[2]), Number(shapes.Groups[3]), seed, Number(shape.Groups[1]))
                : null;
        }
        return RecordName().Match(image.Image) is { Success: true } record
            ? new InRecord(record.Groups[1].Value, Number(record.Groups[2]))
            : null;
    }

    /// <summary>The image, in a square.</summary>
    /// <param name="side">The square's side in pixels; a larger image is shrunk to fit.</param>
    /// <exception cref="DataException">It is gone, has changed or cannot be read; the message names it.</exception>
    public RgbImage Load(int side) => ImageFitting.Into(Read(side), side);

    /// <summary>How large it is; no pixels are decoded.</summary>
    /// <exception cref="DataException">As for <see cref="Load"/>.</exception>
    public abstract ImageFacts Facts();

    private protected abstract RgbImage Read(int side);

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    // Nine digits fit an int, nineteen an ulong.
    [GeneratedRegex(@"^(.+), record ([0-9]{1,9})$", RegexOptions.Singleline)]
    private static partial Regex RecordName();

    [GeneratedRegex(@"^shapes (?:train|test) ([0-9]{1,9})$")]
    private static partial Regex ShapeName();

    [GeneratedRegex(@"^shapes1-(train|test)-([1-9][0-9]{0,8})-([0-9]{1,9})px-seed([0-9]{1,19})$")]
    private static partial Regex ShapesStamp();

    /// <summary>An image file.</summary>
    /// <param name="File">Its path.</param>
    /// <param name="Stamp">Its stamp at the time of indexing.</param>
    internal sealed record InFile(string File, FileStamp Stamp) : ImageLocation
    {
        public override string? Path => File;

        public override ImageFacts Facts() => Unchanged().Size(0) is var (width, height)
            ? new(width, height, Stamp.Bytes, Stamp.Ticks)
            : throw new DataException($"{ImageFile.Shown(File)} does not say how large it is.");

        private protected override RgbImage Read(int side) => new Thumbnails(Unchanged()).Load(0, side);

        private ImageFilePart Unchanged()
        {
            var now = FileStamp.Read(File) ?? throw new DataException($"{ImageFile.Shown(File)} is gone.");
            if (now != Stamp)
                throw new DataException(
                    $"{ImageFile.Shown(File)} has changed since the index was made; bring the index up to date.");
            return new ImageFilePart(File, [new ImageFile(File, File, now.Bytes)], [], _ => -1);
        }
    }

    /// <summary>A record of one of CIFAR-10's files.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Record">Which of its records.</param>
    internal sealed record InRecord(string File, int Record) : ImageLocation
    {
        public override string? Path => File;

        public override ImageFacts Facts()
        {
            var image = CifarRecords.LoadRecord(File, Record);
            return new(image.Width, image.Height, null, null);
        }

        private protected override RgbImage Read(int side) => CifarRecords.LoadRecord(File, Record);
    }

    /// <summary>One of the built-in shapes.</summary>
    /// <param name="Part">Its part.</param>
    /// <param name="Count">How many there are in it.</param>
    /// <param name="Size">Their side in pixels, as they were embedded.</param>
    /// <param name="Seed">The seed of the shapes.</param>
    /// <param name="Index">Which it is.</param>
    internal sealed record Drawn(ShapesPart Part, int Count, int Size, ulong Seed, int Index) : ImageLocation
    {
        public override string? Path => null;

        public override ImageFacts Facts() => Index < Count ? new(Size, Size, null, null) : throw None();

        private protected override RgbImage Read(int side) =>
            Index < Count ? new Shapes(Count, Math.Max(side, Shapes.SmallestSize), Part, Seed).Load(Index) : throw None();

        private DataException None() => new($"There are {Count} shapes, and none of number {Index}.");
    }
}
