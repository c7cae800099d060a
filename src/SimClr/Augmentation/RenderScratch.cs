namespace SimClr.Augmentation;

/// <summary>
/// Working memory for rendering: grows to the largest picture it has met and is reused, so that a warm one allocates nothing.
/// Not for two threads at once; every thread has its own.
/// </summary>
public sealed class RenderScratch
{
    /// <summary>Empty working memory.</summary>
    public RenderScratch() : this(SimdWidths.Widest) { }

    /// <summary>Empty working memory of kernels of a given width, which every processor can run, if slowly.</summary>
    internal RenderScratch(SimdWidth width) => Renderer = new ViewRenderer(this, width);

    internal ViewRenderer Renderer { get; }

    /// <summary>A second image, for transforms that cannot work in place.</summary>
    internal FloatImage Intermediate { get; } = new();
}
