namespace SimClr.Augmentation;

/// <summary>
/// Working memory for rendering: grows to the largest picture it has met and is reused, so that a warm one allocates nothing.
/// Not for two threads at once; every thread has its own.
/// </summary>
public sealed class RenderScratch
{
    private float[] _row = [];

    /// <summary>Empty working memory.</summary>
    public RenderScratch() => Renderer = new ViewRenderer(this);

    internal ViewRenderer Renderer { get; }

    internal FloatImage Intermediate { get; } = new();

    internal ResampleWeights Horizontal { get; } = new();

    internal ResampleWeights Vertical { get; } = new();

    /// <summary>One row of at least the given length; the content is undefined.</summary>
    internal Span<float> Row(int length)
    {
        if (_row.Length < length) _row = new float[length];
        return _row.AsSpan(0, length);
    }
}
