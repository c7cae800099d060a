namespace SimClr.Settings;

/// <summary>How pixels in [0, 1] are given to an encoder.</summary>
public enum NormalizationKind
{
    /// <summary>As they are, like the official code.</summary>
    None,

    /// <summary>With the mean and standard deviation of ImageNet.</summary>
    ImageNet,

    /// <summary>With the mean and standard deviation of CIFAR-10.</summary>
    Cifar10,

    /// <summary>With mean and standard deviation 0.5, which brings them to [-1, 1].</summary>
    Half,
}
