using SimClr.Images;

namespace SimClr.Data;

/// <summary>One thread's way to images: first the size, then, when it is known what will be seen of it, the pixels.</summary>
internal sealed class ImageReader
{
    private readonly RgbImage _memory = new(1, 1);
    private DecodedImages? _images;
    private DecodedImage? _loaded;
    private int _index;

    /// <summary>Turns to an image.</summary>
    /// <returns>Its full size.</returns>
    /// <exception cref="DataException">The image cannot be read.</exception>
    public (int Width, int Height) Open(DecodedImages images, int index)
    {
        (_images, _index, _loaded) = (images, index, null);
        if (images.Size(index) is { } size) return size;
        var image = images.Load(index, 1, _memory);
        _loaded = image;
        return (image.Image.Width, image.Image.Height);
    }

    /// <summary>The image's pixels, valid until the next is opened.</summary>
    /// <exception cref="DataException">The image cannot be read.</exception>
    public DecodedImage Read(int shrink) => _loaded ?? _images!.Load(_index, shrink, _memory);
}
