using System.Text.Json.Serialization;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>An image that could not be read.</summary>
/// <param name="Index">Its place in the dataset.</param>
/// <param name="Image">Where it comes from: usually the path of its file.</param>
/// <param name="Reason">Why it cannot be read, in one line.</param>
public sealed record UnreadableImage(int Index, [property: JsonPropertyName("picture")] string Image, string Reason);

/// <summary>The images of a dataset that could not be read so far, each once. May be asked by any thread at any time.</summary>
public sealed class UnreadableImages
{
    private readonly Lock _gate = new();
    private readonly List<UnreadableImage> _images = [];
    private readonly HashSet<int> _indices = [];
    private volatile bool _any;
    private int _told;

    /// <summary>None so far.</summary>
    public UnreadableImages() { }

    /// <summary>
    /// Tells of each image once, in the order in which they were met. Raised by the enumeration of batches, on its thread,
    /// before the batch that would have held the image (or earlier, as images are read ahead).
    /// </summary>
    public event Action<UnreadableImage>? Found;

    /// <summary>How many images could not be read.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _images.Count;
        }
    }

    /// <summary>The images in the order in which they were met.</summary>
    public IReadOnlyList<UnreadableImage> ToList()
    {
        lock (_gate) return [.. _images];
    }

    /// <summary>Whether an image was met that could not be read; it is not tried again.</summary>
    internal bool Contains(int index)
    {
        if (!_any) return false;
        lock (_gate) return _indices.Contains(index);
    }

    /// <summary>Takes over the findings of an earlier process; they are not reported again.</summary>
    internal void Restore(IEnumerable<UnreadableImage> known)
    {
        lock (_gate)
        {
            foreach (var image in known)
                if (_indices.Add(image.Index)) _images.Add(image);
            (_told, _any) = (_images.Count, _images.Count > 0);
        }
    }

    internal void Add(IImageDataset dataset, int index, Exception reason)
    {
        var image = dataset.Describe(index);
        // A dataset's message names the image, which is known here.
        var words = reason.InnerException is ImageFormatException or IOException or UnauthorizedAccessException
            ? reason.InnerException.Message
            : reason.Message;
        if (words.StartsWith(image + ": ", StringComparison.Ordinal)) words = words[(image.Length + 2)..];
        lock (_gate)
        {
            if (!_indices.Add(index)) return;
            _images.Add(new UnreadableImage(index, image, words.ReplaceLineEndings(" ")));
            _any = true;
        }
    }

    /// <summary>Raises <see cref="Found"/> for the images found since the last call.</summary>
    internal void Tell()
    {
        if (!_any) return;
        UnreadableImage[] news;
        lock (_gate)
        {
            news = [.. _images.Skip(_told)];
            _told = _images.Count;
        }
        foreach (var image in news) Found?.Invoke(image);
    }
}
