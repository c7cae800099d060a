using SimClr.Images;

namespace SimClr.Data;

/// <summary>One thread's way to pictures: first the size, then, when it is known what will be seen of it, the pixels.</summary>
internal sealed class PictureReader
{
    private readonly RgbImage _memory = new(1, 1);
    private DecodedPictures? _pictures;
    private DecodedPicture? _loaded;
    private int _index;

    /// <summary>Turns to a picture.</summary>
    /// <returns>Its full size.</returns>
    /// <exception cref="DataException">The picture cannot be read.</exception>
    public (int Width, int Height) Open(DecodedPictures pictures, int index)
    {
        (_pictures, _index, _loaded) = (pictures, index, null);
        if (pictures.Size(index) is { } size) return size;
        var picture = pictures.Load(index, 1, _memory);
        _loaded = picture;
        return (picture.Image.Width, picture.Image.Height);
    }

    /// <summary>The picture's pixels, valid until the next is opened.</summary>
    /// <exception cref="DataException">The picture cannot be read.</exception>
    public DecodedPicture Read(int shrink) => _loaded ?? _pictures!.Load(_index, shrink, _memory);
}
