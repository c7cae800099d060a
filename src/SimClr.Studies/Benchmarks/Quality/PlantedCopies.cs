using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Studies;

/// <summary>
/// The images of a dataset and, behind them, altered copies of some: of each kind equally many, no two of one image. What
/// is done to a copy is a function of the seed and its place.
/// </summary>
internal sealed class PlantedCopies : IImageDataset
{
    private readonly IImageDataset _source;
    private readonly IReadOnlyList<CopyKind> _kinds;
    private readonly ulong _seed;
    private readonly int[] _originals; // of each copy

    /// <param name="source">The originals.</param>
    /// <param name="kinds">The kinds of changes.</param>
    /// <param name="each">Copies of each kind.</param>
    /// <param name="seed">Decides which images are copied, and how.</param>
    /// <exception cref="DataException">There are too few images.</exception>
    public PlantedCopies(IImageDataset source, IReadOnlyList<CopyKind> kinds, int each, ulong seed)
    {
        if (kinds.Count * each > source.Count)
            throw new DataException($"{source.Name} has too few images for {each} copies of each kind; "
                + $"give {nameof(DuplicateQualityOptions.Copies)} {source.Count / kinds.Count} or fewer.")
            {
                Setting = nameof(DuplicateQualityOptions.Copies),
            };
        int[] order = [.. Enumerable.Range(0, source.Count)];
        new CounterRandom(seed, 0, 0, 0, DrawPurpose.Gallery).Shuffle<int>(order);
        (_source, _kinds, _seed, _originals) = (source, kinds, seed, order[..(kinds.Count * each)]);
    }

    public string Name => $"{_source.Name} with {_originals.Length} copies";

    public int Count => _source.Count + _originals.Length;

    public IReadOnlyList<string> ClassNames => _source.ClassNames;

    public string Fingerprint => $"{_source.Fingerprint}/copies{_originals.Length}/seed{_seed}";

    /// <summary>The copies: which image is one of which, and how it was made.</summary>
    public IEnumerable<(int Original, int Copy, CopyKind Kind)> Pairs =>
        _originals.Select((original, i) => (original, _source.Count + i, _kinds[i % _kinds.Count]));

    public int Label(int index) => _source.Label(index < _source.Count ? index : _originals[index - _source.Count]);

    public string Describe(int index) => index < _source.Count
        ? _source.Describe(index)
        : $"{_source.Describe(_originals[index - _source.Count])}, a copy";

    public RgbImage Load(int index)
    {
        if (index < _source.Count) return _source.Load(index);
        var copy = index - _source.Count;
        var random = new CounterRandom(_seed, 0, copy, 0, DrawPurpose.View);
        var original = _source.Load(_originals[copy]);
        return _kinds[copy % _kinds.Count] switch
        {
            CopyKind.Reencoded => ImageCodec.Decode(ImageCodec.EncodeJpeg(original, 50 + random.NextInt32(41))),
            CopyKind.Cropped => Cropped(original, random.NextDouble(0.02, 0.15), ref random),
            CopyKind.CroppedTo80 => Cropped(original, 1 - Math.Sqrt(0.8), ref random),
            CopyKind.Mirrored => Mirrored(original),
            _ => Brightened(original, (random.NextBernoulli(0.5) ? 1 : -1) * random.NextDouble(0.1, 0.3)),
        };
    }

    private static RgbImage Cropped(RgbImage original, double share, ref CounterRandom random)
    {
        int Kept(int side) => Math.Max(1, side - Math.Max(1, (int)Math.Round(share * side)));
        var crop = new RgbImage(Kept(original.Width), Kept(original.Height));
        var left = random.NextInt32(original.Width - crop.Width + 1);
        var top = random.NextInt32(original.Height - crop.Height + 1);
        for (var y = 0; y < crop.Height; y++)
            original.Pixels.Slice(3 * ((top + y) * original.Width + left), 3 * crop.Width)
                .CopyTo(crop.Pixels[(3 * y * crop.Width)..]);
        return crop;
    }

    private static RgbImage Mirrored(RgbImage original)
    {
        var mirrored = new RgbImage(original.Width, original.Height);
        for (var y = 0; y < original.Height; y++)
            for (var x = 0; x < original.Width; x++)
                original.Pixels.Slice(3 * (y * original.Width + x), 3)
                    .CopyTo(mirrored.Pixels[(3 * (y * original.Width + original.Width - 1 - x))..]);
        return mirrored;
    }

    private static RgbImage Brightened(RgbImage original, double change)
    {
        var bright = original.Copy();
        foreach (ref var value in bright.Pixels) value = (byte)Math.Clamp(Math.Round(value * (1 + change)), 0, 255);
        return bright;
    }
}
