using System.Globalization;

namespace SimClr.Settings;

/// <summary>A part of a run in which views have one side.</summary>
/// <param name="Side">Side S of the square views in pixels.</param>
/// <param name="Share">The part's share of the run's steps, above 0 and at most 1.</param>
public readonly record struct ImageSizeStage(int Side, double Share);

/// <summary>
/// The side of the square views over a run: one, or several one after the other. Small views cost less, so that a run which
/// begins with them sees more images in the same time (progressive resizing; Tan and Le 2021, arXiv:2104.00298). Written
/// <c>32</c>, <c>16..32</c> (from 16 to 32 px in at most five equal parts) or <c>16:0.7,32:0.3</c> (shares of the run).
/// </summary>
public sealed class ImageSizes : IEquatable<ImageSizes>
{
    /// <summary>The smallest and the largest side, in pixels.</summary>
    public const int Smallest = 8, Greatest = 2048;

    private const int MostParts = 5, LeastDifference = 4;
    private const double Rounding = 1e-3;

    private readonly string _text;

    private ImageSizes(string text, IReadOnlyList<ImageSizeStage> stages) => (_text, Stages) = (text, stages);

    /// <summary>One side for the whole run.</summary>
    /// <param name="side">Side S in pixels; bounds are checked with the other settings.</param>
    public static implicit operator ImageSizes(int side) =>
        new(side.ToString(CultureInfo.InvariantCulture), [new(side, 1)]);

    /// <summary>The parts of a run in their order; their shares add up to 1.</summary>
    public IReadOnlyList<ImageSizeStage> Stages { get; }

    /// <summary>Whether all views have one side.</summary>
    public bool IsConstant => Stages.Count == 1;

    /// <summary>The side at the end of the run, in pixels.</summary>
    public int Last => Stages[^1].Side;

    /// <summary>The largest side, in pixels.</summary>
    public int Largest => Stages.Max(stage => stage.Side);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="SettingsException">It is none of the three forms, or shares do not add up to 1.</exception>
    public static ImageSizes Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TrySide(text, out var side)) return side;
        var stages = text.Contains("..", StringComparison.Ordinal) ? Between(text) : Shares(text);
        return new(text, stages);
    }

    /// <summary>How many pixels the views have up to some point of the run.</summary>
    /// <param name="share">The point, between 0 and 1.</param>
    /// <returns>Of one view of each step, where the whole run counts as one step.</returns>
    internal double PixelsUpTo(double share)
    {
        var pixels = 0.0;
        foreach (var stage in Stages)
        {
            pixels += (double)stage.Side * stage.Side * Math.Clamp(share, 0, stage.Share);
            share -= stage.Share;
        }
        return pixels;
    }

    /// <summary>Checks every side.</summary>
    /// <exception cref="SettingsException">A side is out of its bounds.</exception>
    internal void Validate()
    {
        foreach (var (side, _) in Stages)
            Require.That(side is >= Smallest and <= Greatest, nameof(ModelOptions.ImageSize),
                $"between {Smallest} and {Greatest}", side);
    }

    /// <inheritdoc/>
    public bool Equals(ImageSizes? other) => other is not null && Stages.SequenceEqual(other.Stages);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageSizes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stages.Count, Stages[0], Last);

    /// <summary>The form in which it is written in files and on the command line.</summary>
    public override string ToString() => _text;

    private static List<ImageSizeStage> Between(string text)
    {
        var ends = text.Split("..");
        if (ends.Length != 2 || !TrySide(ends[0], out var first) || !TrySide(ends[1], out var last) || first == last)
            throw Wrong(text);
        var parts = (int)Math.Clamp(Math.Abs((long)last - first) / LeastDifference + 1, 2, MostParts);
        var step = ((double)last - first) / (parts - 1);
        return [.. Enumerable.Range(0, parts).Select(i => new ImageSizeStage((int)Math.Round(first + i * step), 1.0 / parts))];
    }

    private static List<ImageSizeStage> Shares(string text)
    {
        var stages = new List<ImageSizeStage>();
        foreach (var part in text.Split(','))
        {
            var pair = part.Split(':');
            if (pair.Length != 2 || !TrySide(pair[0], out var side)
                || !double.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
                || share is not (> 0 and <= 1))
                throw Wrong(text);
            stages.Add(new(side, share));
        }
        return Math.Abs(stages.Sum(stage => stage.Share) - 1) <= Rounding ? stages : throw Wrong(text);
    }

    private static bool TrySide(string text, out int side) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out side);

    private static SettingsException Wrong(string text) => new($"{nameof(ModelOptions.ImageSize)} must be a side (32), a way "
        + "from one to another (16..32) or sides with shares of the run that add up to 1 (16:0.7,32:0.3), "
        + $"not {Require.Shortened(text)}.")
    {
        Setting = nameof(ModelOptions.ImageSize),
        Named = [nameof(ModelOptions.ImageSize)],
    };
}
