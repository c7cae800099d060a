using System.Text.Json.Serialization;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>A picture that could not be read.</summary>
/// <param name="Index">Its place in the dataset.</param>
/// <param name="Picture">Where it comes from: usually the path of its file.</param>
/// <param name="Reason">Why it cannot be read, in one line.</param>
public sealed record UnreadablePicture(int Index, [property: JsonPropertyName("picture")] string Picture, string Reason);

/// <summary>The pictures of a dataset that could not be read so far, each once. May be asked by any thread at any time.</summary>
public sealed class UnreadablePictures
{
    private readonly Lock _gate = new();
    private readonly List<UnreadablePicture> _pictures = [];
    private readonly HashSet<int> _indices = [];
    private volatile bool _any;
    private int _told;

    /// <summary>None so far.</summary>
    public UnreadablePictures() { }

    /// <summary>
    /// Tells of each picture once, in the order in which they were met. Raised by the enumeration of batches, on its thread,
    /// before the batch that would have held the picture (or earlier, as pictures are read ahead).
    /// </summary>
    public event Action<UnreadablePicture>? Found;

    /// <summary>How many pictures could not be read.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _pictures.Count;
        }
    }

    /// <summary>The pictures in the order in which they were met.</summary>
    public IReadOnlyList<UnreadablePicture> ToList()
    {
        lock (_gate) return [.. _pictures];
    }

    /// <summary>Whether a picture was met that could not be read; it is not tried again.</summary>
    internal bool Contains(int index)
    {
        if (!_any) return false;
        lock (_gate) return _indices.Contains(index);
    }

    /// <summary>Takes over what an earlier process found; it is not reported again.</summary>
    internal void Restore(IEnumerable<UnreadablePicture> known)
    {
        lock (_gate)
        {
            foreach (var picture in known)
                if (_indices.Add(picture.Index)) _pictures.Add(picture);
            (_told, _any) = (_pictures.Count, _pictures.Count > 0);
        }
    }

    internal void Add(IImageDataset dataset, int index, Exception reason)
    {
        var picture = dataset.Describe(index);
        // A dataset's message names the picture, which is known here.
        var words = reason.InnerException is ImageFormatException or IOException or UnauthorizedAccessException
            ? reason.InnerException.Message
            : reason.Message;
        if (words.StartsWith(picture + ": ", StringComparison.Ordinal)) words = words[(picture.Length + 2)..];
        lock (_gate)
        {
            if (!_indices.Add(index)) return;
            _pictures.Add(new UnreadablePicture(index, picture, words.ReplaceLineEndings(" ")));
            _any = true;
        }
    }

    /// <summary>Raises <see cref="Found"/> for what has been met since the last call.</summary>
    internal void Tell()
    {
        if (!_any) return;
        UnreadablePicture[] news;
        lock (_gate)
        {
            news = [.. _pictures.Skip(_told)];
            _told = _pictures.Count;
        }
        foreach (var picture in news) Found?.Invoke(picture);
    }
}
