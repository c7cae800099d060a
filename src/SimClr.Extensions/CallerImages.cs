using SimClr.Data;
using SimClr.Images;

namespace SimClr.Extensions;

/// <summary>The images of a request, encoded or decoded, as the encoder's batches take them.</summary>
/// <param name="count">How many.</param>
/// <param name="decode">Decodes an image in full, to memory that it is given or of its own.</param>
internal sealed class CallerImages(int count, Func<int, RgbImage, RgbImage> decode) : IImageDataset
{
    public string Name => "the request";

    public int Count => count;

    public IReadOnlyList<string> ClassNames => [];

    public string Fingerprint => Name;

    /// <summary>Images that are decoded already.</summary>
    public static CallerImages Of(IReadOnlyList<RgbImage> images) =>
        new(images.Count, (index, _) => images[index]);

    /// <summary>Image files in memory; each is decoded when its turn comes, so that few lie decoded at a time.</summary>
    public static CallerImages Of(IReadOnlyList<ReadOnlyMemory<byte>> files) => new(files.Count, (index, memory) =>
    {
        ImageCodec.Decode(files[index].Span, shrink: 1, memory);
        return memory;
    });

    public int Label(int index) => -1;

    public string Describe(int index) => $"input {index}";

    public RgbImage Load(int index) => Load(index, 1, new RgbImage(1, 1)).Image;

    public DecodedImage Load(int index, int shrink, RgbImage memory) => new(decode(index, memory), 1);
}
