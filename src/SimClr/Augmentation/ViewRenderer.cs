using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>
/// Makes one view after the other. Transforms say what is to be done; it is done as late as possible, so that neighbouring
/// steps share a pass over the pixels.
/// </summary>
internal sealed class ViewRenderer(RenderScratch scratch)
{
    private readonly PointOperations _pending = new();
    private readonly FloatImage _view = new();
    private float _sigma; // of a blur still to be done, or 0

    public RenderScratch Scratch => scratch;

    /// <summary>Begins a view.</summary>
    /// <param name="image">The picture, of 1/<paramref name="shrink"/> of its full size.</param>
    /// <param name="shrink">1, 2, 4 or 8.</param>
    /// <param name="crop">What is seen, in pixels of the full size.</param>
    /// <param name="width">Width to which the crop is resized.</param>
    /// <param name="height">Height to which the crop is resized.</param>
    /// <param name="window">The part of that which becomes the view.</param>
    /// <param name="interpolation">How it is resized.</param>
    public void Begin(RgbImage image, int shrink, in CropBox crop, int width, int height, in CropBox window,
        Interpolation interpolation)
    {
        _pending.Clear();
        _sigma = 0;
        if (shrink != 1) throw new NotSupportedException();
        Resampling.Apply(image, crop, width, height, window, interpolation, _view, scratch);
        if (interpolation == Interpolation.Bicubic) _view.Clamp();
    }

    /// <summary>Mirrors left and right.</summary>
    public void Flip()
    {
        var view = Finish();
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = view.Plane(channel);
            for (var y = 0; y < view.Height; y++) plane.Slice(y * view.Width, view.Width).Reverse();
        }
    }

    /// <summary>Changes every pixel.</summary>
    public void Adjust(PointKind kind, float value = 0)
    {
        if (_sigma > 0) Finish();
        _pending.Add(kind, value);
    }

    /// <summary>Blurs with the kernel of the view's side.</summary>
    public void Blur(float sigma)
    {
        if (_sigma > 0) Finish();
        _sigma = sigma;
    }

    /// <summary>Does what is pending; the view may then be changed in place.</summary>
    public FloatImage Finish()
    {
        foreach (var operation in _pending.Items) PointArithmetic.Apply(_view, operation);
        _pending.Clear();
        if (_sigma > 0) BlurArithmetic.Apply(_view, GaussianBlur.KernelSize(_view.Width), _sigma, scratch);
        _sigma = 0;
        return _view;
    }

    /// <summary>Ends a view: does what is pending, normalises and stores.</summary>
    public void Store(Normalization normalization, PixelFormat format, Span<byte> destination) =>
        PixelStore.Write(Finish(), normalization, format, destination);
}
