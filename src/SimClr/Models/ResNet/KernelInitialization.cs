namespace SimClr.Models;

/// <summary>How convolution kernels start; scales of batch norm start at 1 and shifts at 0 in either case.</summary>
public enum KernelInitialization
{
    /// <summary>
    /// As in the official SimCLR code: normal, truncated at two deviations, of variance 1/fan-in
    /// (<c>tf.keras.initializers.VarianceScaling()</c>).
    /// </summary>
    Official,

    /// <summary>
    /// As in torchvision: normal, of variance 2/fan-out (<c>kaiming_normal_(mode="fan_out", nonlinearity="relu")</c>; He et al.
    /// 2015, arXiv:1502.01852).
    /// </summary>
    TorchVision,
}
