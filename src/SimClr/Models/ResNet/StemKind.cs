namespace SimClr.Models;

/// <summary>How a residual network takes in its image, before the first stage.</summary>
public enum StemKind
{
    /// <summary>A 3×3 convolution of stride 1 and no pooling, for small images (Appendix B.9).</summary>
    Cifar,

    /// <summary>
    /// A 7×7 convolution of stride 2 (with selective kernels: three of 3×3) and a 3×3 max-pooling of stride 2, as for ImageNet.
    /// </summary>
    ImageNet,
}

/// <summary>Choosing a stem.</summary>
public static class StemKinds
{
    /// <summary>
    /// The stem that suits an image size: <see cref="StemKind.Cifar"/> up to 64 pixels, where the ImageNet stem would throw
    /// away fifteen sixteenths of the positions at once, and <see cref="StemKind.ImageNet"/> above.
    /// </summary>
    /// <param name="size">Side of the square images, in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static StemKind ForImageSize(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return size <= 64 ? StemKind.Cifar : StemKind.ImageNet;
    }
}
