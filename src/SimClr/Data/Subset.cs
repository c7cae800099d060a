using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>Some images of another dataset.</summary>
public sealed class Subset : IImageDataset
{
    private readonly IImageDataset _source;
    private readonly int[] _indices;

    private Subset(IImageDataset source, int[] indices, string mark)
    {
        (_source, _indices) = (source, indices);
        Name = $"{source.Name}, {indices.Length} of {source.Count}";
        Fingerprint = $"{source.Fingerprint}/{indices.Length}/{mark}";
    }

    /// <summary>The dataset that the images are of.</summary>
    internal IImageDataset Source => _source;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _source.ClassNames;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>
    /// At most <paramref name="limit"/> images, chosen at random and, where there are labels, equally many of each class as
    /// far as they last. A smaller limit with the same seed chooses from among the same images.
    /// </summary>
    /// <param name="source">The dataset.</param>
    /// <param name="limit">How many, at least 1.</param>
    /// <param name="seed">Decides which.</param>
    /// <returns>The chosen images in their original order; the dataset itself when it is no larger than the limit.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public static IImageDataset First(IImageDataset source, int limit, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (source.Count <= limit) return source;
        int[] order = [.. Enumerable.Range(0, source.Count)];
        new CounterRandom(seed, 0, 0, 0, DrawPurpose.Split).Shuffle<int>(order);
        int[] chosen = [.. ClassTurns.Ranked(order, source.Label).Take(limit).Select(image => image.Item).Order()];
        return new Subset(source, chosen, $"seed{seed}");
    }

    /// <summary>The same, where 0 stands for no limit.</summary>
    /// <param name="source">The dataset.</param>
    /// <param name="limit">At most this many; 0 for all.</param>
    /// <param name="seed">Decides which.</param>
    public static IImageDataset Limited(IImageDataset source, int limit, ulong seed) =>
        limit > 0 ? First(source, limit, seed) : source;

    /// <summary>Given images, in the given order.</summary>
    internal static Subset Of(IImageDataset source, int[] indices) =>
        new(source, indices, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(indices)))[..16]);

    /// <inheritdoc/>
    public int Label(int index) => _source.Label(_indices[index]);

    /// <inheritdoc/>
    public RgbImage Load(int index) => _source.Load(_indices[index]);

    /// <inheritdoc/>
    public DecodedImage Load(int index, int shrink, RgbImage memory) => _source.Load(_indices[index], shrink, memory);

    /// <inheritdoc/>
    public (int Width, int Height)? Size(int index) => _source.Size(_indices[index]);

    /// <inheritdoc/>
    public bool IsInMemory => _source.IsInMemory;

    /// <inheritdoc/>
    public string Describe(int index) => _source.Describe(_indices[index]);
}
