using SimClr.Datasets;
using SimClr.Images;

namespace SimClr.Extensions.AI;

/// <summary>The pictures of a request, encoded or decoded, as the encoder's batches take them.</summary>
/// <param name="count">How many.</param>
/// <param name="decode">Decodes a picture at 1/shrink of its size where that can be done.</param>
/// <param name="size">A picture's full size.</param>
internal sealed class GivenPictures(
    int count, Func<int, int, RgbImage, DecodedPicture> decode, Func<int, (int Width, int Height)> size) : IImageDataset
{
    public string Name => "the request";

    public int Count => count;

    public IReadOnlyList<string> ClassNames => [];

    public string Fingerprint => Name;

    /// <summary>Pictures that are decoded already.</summary>
    public static GivenPictures Of(IReadOnlyList<RgbImage> pictures) =>
        new(pictures.Count, (index, _, _) => new(pictures[index], 1), index => (pictures[index].Width, pictures[index].Height));

    /// <summary>Picture files in memory; each is decoded when its turn comes, so that few lie decoded at a time.</summary>
    public static GivenPictures Of(IReadOnlyList<ReadOnlyMemory<byte>> files) => new(files.Count,
        (index, shrink, memory) => new(memory, ImageCodec.Decode(files[index].Span, shrink, memory)),
        index => ImageCodec.ReadSize(files[index].Span));

    public int Label(int index) => -1;

    public string Describe(int index) => $"input {index}";

    public RgbImage Load(int index) => Load(index, 1, new RgbImage(1, 1)).Image;

    public DecodedPicture Load(int index, int shrink, RgbImage memory) => decode(index, shrink, memory);

    public (int Width, int Height)? Size(int index) => size(index);
}
