using SimClr.Augmentation;
using SimClr.Images;

namespace SimClr.Features;

/// <summary>The working memory of one call; later calls use it again.</summary>
internal sealed class CallMemory
{
    private float[] _view = [];

    public RenderScratch Scratch { get; } = new();

    /// <summary>The image of a file; grows to the largest.</summary>
    public RgbImage Decoded { get; set; } = new(1, 1);

    /// <summary>Memory for a number of floats; the content is undefined.</summary>
    public float[] View(int length) => _view.Length == length ? _view : _view = new float[length];
}
