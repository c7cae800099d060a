namespace SimClr.Native;

/// <summary>libtorch cannot be loaded, or a device or precision that was asked for is not there.</summary>
public sealed class TorchRuntimeException : Exception
{
    /// <inheritdoc/>
    public TorchRuntimeException() { }

    /// <inheritdoc/>
    public TorchRuntimeException(string message) : base(message) { }

    /// <inheritdoc/>
    public TorchRuntimeException(string message, Exception innerException) : base(message, innerException) { }
}
