using SimClr.Data;
using SimClr.Images;

namespace SimClr.Extensions.AI;

/// <summary>The pictures of a request, encoded or decoded, as the encoder's batches take them.</summary>
/// <param name="count">How many.</param>
/// <param name="decode">Decodes a picture in full, to memory that it is given or of its own.</param>
internal sealed class GivenPictures(int count, Func<int, RgbImage, RgbImage> decode) : IImageDataset
{
    public string Name => "the request";

    public int Count => count;

    public IReadOnlyList<string> ClassNames => [];

    public string Fingerprint => Name;

    /// <summary>Pictures that are decoded already.</summary>
    public static GivenPictures Of(IReadOnlyList<RgbImage> pictures) =>
        new(pictures.Count, (index, _) => pictures[index]);

    /// <summary>Picture files in memory; each is decoded when its turn comes, so that few lie decoded at a time.</summary>
    public static GivenPictures Of(IReadOnlyList<ReadOnlyMemory<byte>> files) => new(files.Count, (index, memory) =>
    {
        ImageCodec.Decode(files[index].Span, shrink: 1, memory);
        return memory;
    });

    public int Label(int index) => -1;

    public string Describe(int index) => $"input {index}";

    public RgbImage Load(int index) => Load(index, 1, new RgbImage(1, 1)).Image;

    public DecodedPicture Load(int index, int shrink, RgbImage memory) => new(decode(index, memory), 1);
}
