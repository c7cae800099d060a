namespace SimClr.Native;

/// <summary>libtorch cannot be loaded, or a device or precision that was asked for is not there.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class TorchRuntimeException(string message, Exception? inner = null) : SimClrException(message, inner);
