using System.Runtime.InteropServices;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// The stochastic augmentation module of the paper (Section 2.1), T in Algorithm 1: a crop, resized to the view's size, and then
/// a list of transforms, in order. The random numbers of a view are drawn first, without pixels, and then applied. Immutable;
/// safe for many threads, each with <see cref="AugmentationDraw"/> and a <see cref="RenderScratch"/> of its own.
/// </summary>
public sealed class AugmentationPolicy
{
    /// <summary>
    /// The paper's policy, in its order (Appendix A). The defaults are those for ImageNet; CIFAR-10 takes size 32, strength 0.5
    /// and no blur (Appendix B.9).
    /// </summary>
    /// <param name="imageSize">Side S of the views in pixels.</param>
    /// <param name="colorStrength">Strength s of the color distortion.</param>
    /// <param name="blurProbability">Share of views that are blurred.</param>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public static AugmentationPolicy Paper(int imageSize, double colorStrength = 1, double blurProbability = 0.5) => new(
        imageSize,
        new RandomResizedCrop(),
        [
            new HorizontalFlip(),
            new ColorJitter { Strength = colorStrength },
            new Grayscale(),
            new GaussianBlur { Probability = blurProbability },
        ]);

    /// <summary>A policy of one's own.</summary>
    /// <param name="imageSize">Side S of the views in pixels, at least 1.</param>
    /// <param name="crop">The region of the image that a view shows; null means the largest central square, always.</param>
    /// <param name="transforms">The transforms, in order.</param>
    /// <param name="normalization">Applied last; null leaves pixels in [0, 1].</param>
    /// <exception cref="ArgumentException">
    /// A value is out of its bounds; the message names transform, option and bound.
    /// </exception>
    public AugmentationPolicy(int imageSize, RandomResizedCrop? crop, IReadOnlyList<Transform> transforms,
        Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(transforms);
        if (imageSize < 1) throw new ArgumentException($"ImageSize must be at least 1, got {imageSize}.");
        (ImageSize, Crop) = (imageSize, crop?.Validated());
        Transforms = [.. transforms.Select(transform => transform.Validated())];
        Normalization = (normalization ?? Normalization.None).Validated();
    }

    /// <summary>Side S of the views in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>The region of the image that a view shows; null means the largest central square.</summary>
    public RandomResizedCrop? Crop { get; }

    /// <summary>The transforms, in order.</summary>
    public IReadOnlyList<Transform> Transforms { get; }

    /// <summary>Applied to the finished view.</summary>
    public Normalization Normalization { get; }

    /// <summary>Number of values of one view, S·S·3.</summary>
    public int ViewLength => checked(3 * ImageSize * ImageSize);

    /// <summary>A place for draws, to be used again from view to view.</summary>
    public AugmentationDraw NewParameters() => new(Transforms.Count);

    /// <summary>Draws a view of an image from its size alone.</summary>
    /// <param name="width">The image's width, at least 1.</param>
    /// <param name="height">The image's height, at least 1.</param>
    /// <param name="random">The stream of this image, epoch and view; advanced.</param>
    /// <param name="parameters">Made by <see cref="NewParameters"/>; overwritten.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the parameters are another policy's.</exception>
    public void Draw(int width, int height, ref CounterRandom random, AugmentationDraw parameters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        RequireMine(parameters);
        parameters.Crop = Crop?.Draw(width, height, ref random) ?? CentralSquare(width, height);
        for (var i = 0; i < Transforms.Count; i++)
        {
            if (random.NextBernoulli(Transforms[i].Probability))
                Transforms[i].Draw(ImageSize, ref random, parameters.Begin(i));
            else
                parameters.Skip(i);
        }
    }

    /// <summary>Draws a view into new parameters.</summary>
    /// <inheritdoc cref="Draw(int, int, ref CounterRandom, AugmentationDraw)"/>
    public AugmentationDraw Draw(int width, int height, ref CounterRandom random)
    {
        var parameters = NewParameters();
        Draw(width, height, ref random, parameters);
        return parameters;
    }

    /// <summary>
    /// By how much an image may be shrunk before a drawn view is rendered from it: the largest of 8, 4, 2 and 1 at which the
    /// crop still has at least the view's size, both ways. For all views of an image, take the smallest.
    /// </summary>
    public int ShrinkFor(AugmentationDraw parameters)
    {
        RequireMine(parameters);
        var shrink = 8;
        while (shrink > 1 && Math.Min(parameters.Crop.Width, parameters.Crop.Height) < shrink * ImageSize) shrink /= 2;
        return shrink;
    }

    /// <summary>Renders a drawn view as float32, channels last.</summary>
    /// <param name="image">The image; only read.</param>
    /// <param name="parameters">The draw for an image of this size.</param>
    /// <param name="destination">Receives <c>[S, S, 3]</c>, normalized; exactly <see cref="ViewLength"/> long.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The crop is not in the image, or the destination has another length.</exception>
    /// <exception cref="InvalidOperationException">Another thread is rendering with the scratch.</exception>
    public void Render(RgbImage image, AugmentationDraw parameters, Span<float> destination, RenderScratch scratch) =>
        Render(image, 1, parameters, MemoryMarshal.AsBytes(destination), PixelFormat.Default, scratch);

    /// <summary>Renders a drawn view to the memory of a tensor.</summary>
    /// <param name="image">The image, or a shrunk one; only read.</param>
    /// <param name="shrink">1, or how many full-size pixels make one of the image's, both ways.</param>
    /// <param name="parameters">The draw for the full-size image.</param>
    /// <param name="destination">Receives the view, normalized; exactly as long as the format says.</param>
    /// <param name="format">How the view is stored.</param>
    /// <param name="scratch">The calling thread's working memory.</param>
    /// <exception cref="ArgumentException">The crop is not in the image, or the destination has another length.</exception>
    /// <exception cref="InvalidOperationException">Another thread is rendering with the scratch.</exception>
    public void Render(RgbImage image, int shrink, AugmentationDraw parameters, Span<byte> destination, PixelFormat format,
        RenderScratch scratch)
    {
        var length = format.BytesPerView(ImageSize);
        if (destination.Length != length)
            throw new ArgumentException($"A view needs {length} bytes, got {destination.Length}.", nameof(destination));
        ArgumentNullException.ThrowIfNull(scratch);
        var renderer = scratch.Enter();
        try
        {
            Transform(image, shrink, parameters, renderer);
            renderer.Store(Normalization, format, destination);
        }
        finally
        {
            scratch.Leave();
        }
    }

    /// <summary>Renders a drawn view for people: 8-bit, without normalization.</summary>
    /// <param name="image">The image; only read.</param>
    /// <param name="parameters">The draw for an image of this size.</param>
    /// <returns>A new image of side S.</returns>
    /// <exception cref="ArgumentException">The crop does not lie in the image.</exception>
    public RgbImage RenderPreview(RgbImage image, AugmentationDraw parameters)
    {
        var renderer = new RenderScratch().Renderer;
        Transform(image, 1, parameters, renderer);
        return renderer.Finish().ToRgb();
    }

    private void Transform(RgbImage image, int shrink, AugmentationDraw parameters, ViewRenderer renderer)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(shrink, 1);
        RequireMine(parameters);
        // A shrunk image's last column and row may stand for fewer full-size pixels.
        if (!parameters.Crop.LiesIn(image.Width * shrink, image.Height * shrink))
            throw new ArgumentException(
                $"{parameters.Crop} is not inside {image.Width * shrink}x{image.Height * shrink}.", nameof(parameters));
        renderer.Begin(image, shrink, parameters.Crop, ImageSize, ImageSize, new CropBox(0, 0, ImageSize, ImageSize),
            Crop?.Interpolation ?? Interpolation.Bilinear);
        for (var i = 0; i < Transforms.Count; i++)
            if (parameters.Applies(i)) Transforms[i].Apply(renderer, parameters.Slot(i));
    }

    private static CropBox CentralSquare(int width, int height)
    {
        var side = Math.Min(width, height);
        return new CropBox((height - side) / 2, (width - side) / 2, side, side);
    }

    private void RequireMine(AugmentationDraw parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count != Transforms.Count)
            throw new ArgumentException(
                $"The parameters are for {parameters.Count} transforms, the policy has {Transforms.Count}.", nameof(parameters));
    }
}
