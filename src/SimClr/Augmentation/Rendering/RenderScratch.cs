namespace SimClr.Augmentation;

/// <summary>
/// Working memory for rendering: grows to the largest image it has met and is reused, so that a warm one allocates nothing.
/// For one thread at a time: rendering with one that is in use throws an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class RenderScratch
{
    private int _isInUse;

    /// <summary>Empty working memory.</summary>
    public RenderScratch() : this(SimdWidths.Widest) { }

    /// <summary>Empty working memory of kernels of a given width, which every processor can run, if slowly.</summary>
    public RenderScratch(SimdWidth width) => Renderer = new ViewRenderer(this, width);

    internal ViewRenderer Renderer { get; }

    /// <summary>A second image, for transforms that cannot work in place.</summary>
    internal FloatImage Intermediate { get; } = new();

    /// <summary>Begins a view; every call is followed by one of <see cref="Leave"/>.</summary>
    /// <exception cref="InvalidOperationException">Another view is being rendered with it.</exception>
    internal ViewRenderer Enter() => Interlocked.Exchange(ref _isInUse, 1) == 0
        ? Renderer
        : throw new InvalidOperationException("This RenderScratch is in use; each thread that renders needs its own.");

    /// <summary>Ends a view.</summary>
    internal void Leave() => Volatile.Write(ref _isInUse, 0);
}
