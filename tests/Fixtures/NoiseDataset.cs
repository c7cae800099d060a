using System.Collections.Concurrent;
using SimClr.Data;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Fixtures;

/// <summary>Noise images of differing sizes in memory; remembers which threads asked, and can be made to fail.</summary>
internal sealed class NoiseDataset : IImageDataset
{
    private readonly RgbImage[] _images;
    private int _loads;

    public NoiseDataset(int count, int smallest = 5, int largest = 20)
    {
        _images = new RgbImage[count];
        for (var i = 0; i < count; i++)
        {
            var random = new CounterRandom(1, 0, i, 0, DrawPurpose.Shape);
            var span = largest - smallest + 1;
            _images[i] = new RgbImage(smallest + random.NextInt32(span), smallest + random.NextInt32(span));
            for (var p = 0; p < _images[i].Pixels.Length; p++) _images[i].Pixels[p] = (byte)random.NextUInt32();
        }
    }

    public string Name => "noise";

    public int Count => _images.Length;

    public IReadOnlyList<string> ClassNames => ["even", "odd"];

    public string Fingerprint => $"noise-{Count}";

    /// <summary>What <see cref="Load"/> throws for an image, if anything.</summary>
    public Func<int, Exception?> Failure { get; init; } = _ => null;

    public ConcurrentDictionary<Thread, bool> Threads { get; } = new();

    public int Loads => Volatile.Read(ref _loads);

    public int Label(int index) => index % 2;

    public RgbImage Load(int index)
    {
        Interlocked.Increment(ref _loads);
        Threads.TryAdd(Thread.CurrentThread, true);
        return Failure(index) is { } failure ? throw failure : _images[index];
    }

    public (int Width, int Height)? Size(int index) => Sizes ?? (_images[index].Width, _images[index].Height);

    public bool IsInMemory { get; init; }

    /// <summary>What <see cref="Size"/> says in place of the truth.</summary>
    public (int Width, int Height)? Sizes { get; init; }

    public string Describe(int index) => $"noise image {index}";
}
