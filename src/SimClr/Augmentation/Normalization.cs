namespace SimClr.Augmentation;

/// <summary>Per-channel standardization of pixels in [0, 1]: <c>(x - Mean) / Std</c>.</summary>
/// <param name="Mean">Subtracted from each channel.</param>
/// <param name="Std">Divides each channel; above 0.</param>
public sealed record Normalization(ChannelValues Mean, ChannelValues Std)
{
    /// <summary>Leaves pixels in [0, 1], as the official SimCLR code does.</summary>
    public static Normalization None { get; } = new(new(0, 0, 0), new(1, 1, 1));

    /// <summary>Mean and standard deviation over all pixels of the CIFAR-10 training set.</summary>
    public static Normalization Cifar10 { get; } = new(new(0.4914f, 0.4822f, 0.4465f), new(0.2470f, 0.2435f, 0.2616f));

    /// <summary>The values that torchvision's ImageNet models expect.</summary>
    public static Normalization ImageNet { get; } = new(new(0.485f, 0.456f, 0.406f), new(0.229f, 0.224f, 0.225f));

    /// <summary>Brings pixels to [-1, 1], as Inception and many of timm's models expect.</summary>
    public static Normalization Half { get; } = new(new(0.5f, 0.5f, 0.5f), new(0.5f, 0.5f, 0.5f));

    /// <summary>Those that have a name here.</summary>
    internal static IReadOnlyList<Normalization> Known { get; } = [None, ImageNet, Cifar10, Half];

    /// <summary>Returns this record.</summary>
    /// <exception cref="ArgumentException">A mean is not finite or a standard deviation is not above 0.</exception>
    public Normalization Validated()
    {
        foreach (var mean in Mean.ToArray())
            if (!float.IsFinite(mean)) throw new ArgumentException($"Normalization.Mean must be finite, got {mean}.");
        foreach (var std in Std.ToArray())
            if (!(std > 0 && float.IsFinite(std)))
                throw new ArgumentException($"Normalization.Std must be above 0 and finite, got {std}.");
        return this;
    }
}
