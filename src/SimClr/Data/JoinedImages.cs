using SimClr.Images;

namespace SimClr.Data;

/// <summary>The images of two datasets with the same classes, one after the other.</summary>
internal sealed class JoinedImages : IImageDataset
{
    private readonly IImageDataset _first, _second;

    private JoinedImages(IImageDataset first, IImageDataset second) => (_first, _second) = (first, second);

    public string Name => $"{_first.Name} and {_second.Name}";

    public int Count => _first.Count + _second.Count;

    public IReadOnlyList<string> ClassNames => _first.ClassNames;

    public bool IsInMemory => _first.IsInMemory && _second.IsInMemory;

    public string Fingerprint => $"{_first.Fingerprint}+{_second.Fingerprint}";

    /// <summary>Joins two parts of the same data.</summary>
    public static IImageDataset Of(IImageDataset first, IImageDataset second) =>
        second.Count == 0 ? first : new JoinedImages(first, second);

    public int Label(int index) => At(index, out var own).Label(own);

    public RgbImage Load(int index) => At(index, out var own).Load(own);

    public DecodedImage Load(int index, int shrink, RgbImage memory) => At(index, out var own).Load(own, shrink, memory);

    public (int Width, int Height)? Size(int index) => At(index, out var own).Size(own);

    public string Describe(int index) => At(index, out var own).Describe(own);

    private IImageDataset At(int index, out int own)
    {
        var isFirst = index < _first.Count;
        own = isFirst ? index : index - _first.Count;
        return isFirst ? _first : _second;
    }
}
