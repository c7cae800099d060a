namespace SimClr.Data;

/// <summary>
/// DATA that several parts of a program use. It is opened when the first of them asks, and once for all of them: opening reads
/// and hashes every byte of CIFAR-10, and lists every file of a folder. Safe for several threads.
/// </summary>
/// <param name="name">The word for it, as <see cref="DatasetSource.Open"/> takes it.</param>
/// <param name="open">
/// Opens a word for an image size, for data that <see cref="DatasetSource"/> does not know; or null for
/// <see cref="DatasetSource.Open"/>.
/// </param>
public sealed class OpenedData(string name, Func<string, int, DataSplits>? open = null)
{
    private readonly Func<string, int, DataSplits> _open = open ?? DatasetSource.Open;
    private readonly Dictionary<int, DataSplits> _opened = [];
    private readonly Lock _opening = new();

    /// <summary>The word for it.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>
    /// Its parts. Images that are files have their own size; drawn ones (<c>shapes</c>) are opened once for each size.
    /// </summary>
    /// <param name="imageSize">The side of drawn images in pixels.</param>
    /// <exception cref="DataException">The data cannot be opened. The next call tries again.</exception>
    public DataSplits At(int imageSize)
    {
        var size = DatasetSource.IsDrawn(Name) ? imageSize : 0;
        lock (_opening)
        {
            if (!_opened.TryGetValue(size, out var parts)) _opened.Add(size, parts = _open(Name, imageSize));
            return parts;
        }
    }
}
