using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>Which of the two disjoint parts of <see cref="Shapes"/>.</summary>
public enum ShapesPart
{
    /// <summary>Images to learn from.</summary>
    Train = 0,

    /// <summary>Held-out images.</summary>
    Test = 1,
}

/// <summary>
/// Procedural images of ten shapes, drawn when they are asked for. Colors, background, lighting, position, area, rotation
/// and noise vary independently of the class, and either of shape and background may be the lighter: statistics of color
/// tell nothing about the class, and single pixels little.
/// </summary>
public sealed class Shapes : IImageDataset
{
    /// <summary>The smallest side at which the shapes can still be told apart, in pixels.</summary>
    public const int SmallestSize = 8;

    private static readonly string[] Names = [.. Enum.GetNames<ShapeKind>().Select(name => name.ToLowerInvariant())];

    private readonly int _size;
    private readonly ShapesPart _part;
    private readonly ulong _seed;

    /// <summary>Describes a set of images; nothing is drawn yet.</summary>
    /// <param name="count">Number of images, at least 1. Image i has label i mod 10.</param>
    /// <param name="size">Side in pixels, at least <see cref="SmallestSize"/>. Scenes are the same at any size.</param>
    /// <param name="part">Parts are disjoint streams of images.</param>
    /// <param name="seed">Decides everything; equal seeds give equal pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Shapes(int count, int size, ShapesPart part, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        if (!Enum.IsDefined(part)) throw new ArgumentOutOfRangeException(nameof(part), part, "The part is Train or Test.");
        (Count, _size, _part, _seed) = (count, size, part, seed);
    }

    /// <inheritdoc/>
    public string Name => $"shapes {PartName}";

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => Names;

    /// <summary>The parameters of the images; the number after "shapes" changes when they would be drawn differently.</summary>
    public string Fingerprint => $"shapes1-{PartName}-{Count}-{_size}px-seed{_seed}";

    private string PartName => _part == ShapesPart.Train ? "train" : "test";

    /// <summary>A training part and a test part a fifth of its size (at least 100 images).</summary>
    /// <inheritdoc cref="Shapes(int, int, ShapesPart, ulong)"/>
    /// <param name="trainCount">Number of training images, at least 1.</param>
    /// <param name="size">Side in pixels, at least <see cref="SmallestSize"/>.</param>
    /// <param name="seed">Decides everything.</param>
    public static DataSplits Open(int trainCount = 10_000, int size = 32, ulong seed = 0) => new(
        new Shapes(trainCount, size, ShapesPart.Train, seed),
        new Shapes(Math.Max(trainCount / 5, 100), size, ShapesPart.Test, seed));

    /// <inheritdoc/>
    public int Label(int index) => (int)KindOf(index);

    /// <inheritdoc/>
    public RgbImage Load(int index) => Load(index, 1, new RgbImage(_size, _size)).Image;

    /// <inheritdoc/>
    public DecodedImage Load(int index, int shrink, RgbImage memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var random = new CounterRandom(_seed, 0, index, (int)_part, DrawPurpose.Shape);
        var scene = ShapeScene.Draw(KindOf(index), ref random);
        memory.Reshape(_size, _size);
        ShapeRenderer.Render(scene, _size, ref random, memory.Pixels);
        return new DecodedImage(memory, 1);
    }

    /// <inheritdoc/>
    public (int Width, int Height)? Size(int index) => (_size, _size);

    /// <inheritdoc/>
    public string Describe(int index) => $"{Name} {index}";

    private ShapeKind KindOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return (ShapeKind)(index % Names.Length);
    }
}
