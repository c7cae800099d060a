using SimClr.Images;
using SimClr.Randomness;

namespace SimClr.Augmentation;

/// <summary>
/// The paper's augmentation module, T in Algorithm 1: what is random about a view is drawn first, apart from pixels, and then
/// applied. Immutable; may be used by several threads at once, each with a <see cref="RenderScratch"/> of its own.
/// </summary>
public sealed class AugmentationPolicy
{
    private readonly int _kernelSize;

    /// <summary>A policy with the given options.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public AugmentationPolicy(AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Validated();
        _kernelSize = GaussianBlur.KernelSize(options.ImageSize);
    }

    /// <summary>The options.</summary>
    public AugmentationOptions Options { get; }

    /// <summary>Number of floats of one view, S·S·3.</summary>
    public int ViewLength => checked(3 * Options.ImageSize * Options.ImageSize);

    /// <summary>Draws a view of a picture from its size alone, in the paper's order.</summary>
    /// <param name="width">The picture's width, at least 1.</param>
    /// <param name="height">The picture's height, at least 1.</param>
    /// <param name="random">The stream of this picture, epoch and view; advanced.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public ViewParameters Draw(int width, int height, ref CounterRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return new ViewParameters
        {
            Crop = RandomResizedCrop.Draw(width, height, Options, ref random),
            Flip = HorizontalFlip.Draw(Options, ref random),
            Jitter = ColorJitter.Draw(Options, ref random),
            Grayscale = Grayscale.Draw(Options, ref random),
            BlurSigma = GaussianBlur.Draw(Options, ref random),
        };
    }

    /// <summary>Renders a drawn view.</summary>
    /// <param name="image">The picture; only read.</param>
    /// <param name="parameters">What <see cref="Draw"/> gave for a picture of this size.</param>
    /// <param name="destination">Receives <c>[S, S, 3]</c> float32, normalised; exactly <see cref="ViewLength"/> long.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The crop is not in the picture, or the destination has another length.</exception>
    public void Render(RgbImage image, in ViewParameters parameters, Span<float> destination, RenderScratch scratch)
    {
        if (destination.Length != ViewLength)
            throw new ArgumentException($"A view needs {ViewLength} floats, got {destination.Length}.", nameof(destination));
        Options.Normalization.Apply(Transform(image, parameters, scratch), destination);
    }

    /// <summary>Renders a drawn view for people: 8-bit, without normalisation.</summary>
    /// <param name="image">The picture; only read.</param>
    /// <param name="parameters">What <see cref="Draw"/> gave for a picture of this size.</param>
    /// <returns>A new picture of side S.</returns>
    /// <exception cref="ArgumentException">The crop does not lie in the picture.</exception>
    public RgbImage RenderPreview(RgbImage image, in ViewParameters parameters) =>
        Transform(image, parameters, new RenderScratch()).ToRgb();

    private FloatImage Transform(RgbImage image, in ViewParameters parameters, RenderScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scratch);
        if (!parameters.Crop.LiesIn(image.Width, image.Height))
            throw new ArgumentException($"{parameters.Crop} is not inside {image.Width}x{image.Height}.", nameof(parameters));
        var view = scratch.View;
        RandomResizedCrop.Apply(image, parameters.Crop, Options.ImageSize, Options.Interpolation, view, scratch);
        if (parameters.Flip) HorizontalFlip.Apply(view);
        if (parameters.Jitter is { } jitter) ColorJitter.Apply(view, jitter);
        if (parameters.Grayscale) Grayscale.Apply(view);
        if (parameters.BlurSigma is { } sigma) GaussianBlur.Apply(view, _kernelSize, sigma, scratch);
        return view;
    }
}
