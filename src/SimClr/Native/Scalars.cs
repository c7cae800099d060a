using TorchSharp;

namespace SimClr.Native;

/// <summary>
/// Scalars that live as long as the process. A number given to an operation of TorchSharp becomes an object that nothing holds
/// while the native code runs: should it be collected in that moment, the operation reads freed memory.
/// </summary>
internal static class Scalars
{
    public static readonly Scalar One = 1;
}
