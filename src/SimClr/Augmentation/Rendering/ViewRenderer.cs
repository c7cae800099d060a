using SimClr.Images;

namespace SimClr.Augmentation;

/// <summary>
/// Makes one view after the other. Transforms say what is to be done; it is done as late as possible, so that neighboring
/// steps share a pass over the pixels.
/// </summary>
internal sealed class ViewRenderer(RenderScratch scratch, SimdWidth width)
{
    private readonly PointOperations _pending = new();
    private readonly FloatImage _view = new();
    private readonly Resampling _source = new();
    private readonly ViewPasses _passes = ViewPasses.Of(width);
    private Interpolation _interpolation;
    private bool _flip; // still to be done
    private BlurSettings _blur; // still to be done

    public RenderScratch Scratch => scratch;

    /// <summary>Begins a view.</summary>
    /// <param name="image">The image, 1/<paramref name="shrink"/> of its full size; read until the view is finished.</param>
    /// <param name="shrink">How many full-size pixels make one of the image's, both ways.</param>
    /// <param name="crop">The visible region, in pixels of the full size.</param>
    /// <param name="width">Width to which the crop is resized.</param>
    /// <param name="height">Height to which the crop is resized.</param>
    /// <param name="window">The part of that which becomes the view.</param>
    /// <param name="interpolation">How it is resized.</param>
    /// <param name="clamp">Whether overshoots of a filter that overshoots are brought back into [0, 1].</param>
    public void Begin(RgbImage image, int shrink, in CropBox crop, int width, int height, in CropBox window,
        Interpolation interpolation, bool clamp = true)
    {
        _pending.Clear();
        (_blur, _flip, _interpolation) = (default, false, interpolation);
        _view.Reshape(window.Width, window.Height);
        _source.Begin(image,
            ResampleAxis.Of(crop.Left, crop.Width, shrink, image.Width, width, window.Left, window.Width),
            ResampleAxis.Of(crop.Top, crop.Height, shrink, image.Height, height, window.Top, window.Height));
        if (clamp && interpolation == Interpolation.Bicubic) _pending.Add(PointKind.Clamp);
    }

    /// <summary>Mirrors left and right.</summary>
    public void Flip() => _flip = !_flip; // all that may be pending is the same on both sides of a mirror

    /// <summary>Changes every pixel.</summary>
    public void Adjust(PointKind kind, float value = 0)
    {
        if (!_blur.IsNone) Finish();
        _pending.Add(kind, value);
    }

    /// <summary>Blurs with the kernel of the view's side.</summary>
    public void Blur(float sigma) => Blur(GaussianBlur.KernelSize(_view.Width), sigma);

    /// <summary>Blurs.</summary>
    public void Blur(int kernelSize, float sigma)
    {
        if (!_blur.IsNone) Finish();
        _blur = new BlurSettings(kernelSize, sigma);
    }

    /// <summary>Finishes the pending operations; the view may then be changed in place.</summary>
    public FloatImage Finish()
    {
        Run(default);
        return _view;
    }

    /// <summary>Ends a view: finishes the pending operations, normalizes and stores.</summary>
    public unsafe void Store(Normalization normalization, PixelFormat format, Span<byte> destination)
    {
        fixed (byte* memory = destination) Run(new ViewTarget(normalization, format, memory));
    }

    private void Run(ViewTarget target)
    {
        if (_source.IsPending) _passes.Prepare(_source, _interpolation, _flip);
        else if (_flip) _view.Flip();
        _passes.Run(_view, _source, _pending, _blur, target);
        _pending.Clear();
        (_blur, _flip) = (default, false);
    }
}
