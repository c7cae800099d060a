using TorchSharp;

namespace SimClr.Native;

/// <summary>
/// Numbers for operations on tensors. TorchSharp makes an object of a number given to an operation, and nothing holds it while
/// the native code runs: should it be collected in that moment, the operation reads freed memory. These are held for longer.
/// </summary>
internal static class Scalars
{
    // An operation takes no more than a few numbers, and its thread asks for none while it runs.
    private const int Held = 64;

    /// <summary>The factor of a second operand in additions, which TorchSharp makes anew for each.</summary>
    public static readonly Scalar One = 1;

    /// <summary>Less than all numbers.</summary>
    public static readonly Scalar NegativeInfinity = double.NegativeInfinity;

    [ThreadStatic]
    private static Scalar[]? _recent;

    [ThreadStatic]
    private static uint _next; // wraps around to 0, a multiple of the number held

    /// <summary>An integer, which this thread holds until it has asked for 64 others.</summary>
    public static Scalar Of(long value) => Hold(value);

    /// <summary>The same of a floating-point number.</summary>
    public static Scalar Of(double value) => Hold(value);

    private static Scalar Hold(Scalar scalar)
    {
        _recent ??= new Scalar[Held];
        _recent[_next++ % Held] = scalar;
        return scalar;
    }
}
