using SimClr.Augmentation;

namespace SimClr.Models;

/// <summary>
/// Brings what a network does to pixels itself into the form of the networks here: one of the known normalizations outside, and
/// factors that its first kernel takes up.
/// </summary>
internal static class PixelScale
{
    // Of a standard deviation: means of ImageNet that were measured apart differ by less.
    private const double LargestShift = 0.02;

    // A deviation or a mean above it is one of pixels from 0 to 255, not from 0 to 1.
    private const double LargestUnit = 2;

    /// <summary>Chooses the normalization that leaves no shift, or nearly none.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="channels">What the first convolution takes of the file's input.</param>
    /// <param name="isBytes">Whether the input is declared as bytes.</param>
    /// <returns>
    /// The normalization, or null where the file does nothing to pixels but order their channels; and what the first convolution
    /// takes of normalized images.
    /// </returns>
    /// <exception cref="WeightsException">No known normalization is like the file's.</exception>
    public static (Normalization? Pixels, IReadOnlyList<InputChannel> Channels) Choose(
        string path, IReadOnlyList<InputChannel> channels, bool isBytes)
    {
        if (!isBytes && channels.All(channel => channel is { Scale: 1, Shift: 0 })) return (null, channels);
        if (channels.Any(channel => channel.Scale == 0 || !double.IsFinite(channel.Scale) || !double.IsFinite(channel.Shift)))
            throw WeightsException.For(path, "multiplies the image by 0 or by something that is not finite");
        var range = isBytes || channels.Any(c => Math.Abs(1 / c.Scale) > LargestUnit || Math.Abs(c.Shift / c.Scale) > LargestUnit)
            ? 255.0
            : 1;
        var best = Normalization.Known.Select(known => (Known: known, Channels: Seen(channels, range, known)))
            .MinBy(candidate => LargestOf(candidate.Channels));
        if (LargestOf(best.Channels) <= LargestShift) return best;
        var mean = Words(channels.Select(channel => -channel.Shift / channel.Scale / range));
        var deviation = Words(channels.Select(channel => 1 / channel.Scale / range));
        throw WeightsException.For(path,
            $"normalizes pixels from 0 to 1 by the mean {mean} and the deviation {deviation}, which is not known here");
    }

    /// <summary>With x = range · (deviation · y + mean), what a · x + b is of y.</summary>
    private static InputChannel[] Seen(IReadOnlyList<InputChannel> channels, double range, Normalization known)
    {
        var (mean, std) = (known.Mean.ToArray(), known.Std.ToArray());
        return [.. channels.Select(channel => channel with
        {
            Scale = channel.Scale * range * std[channel.Source],
            Shift = channel.Scale * range * mean[channel.Source] + channel.Shift,
        })];
    }

    private static double LargestOf(InputChannel[] channels) => channels.Max(channel => Math.Abs(channel.Shift / channel.Scale));

    private static string Words(IEnumerable<double> values) =>
        string.Join(", ", values.Select(value => FormattableString.Invariant($"{value:0.###}")));
}
