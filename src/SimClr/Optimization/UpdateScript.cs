using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// A TorchScript function over lists of tensors, so that one call changes many parameters, and on a GPU a few kernels do.
/// </summary>
/// <remarks>
/// A script uses <c>_foreach</c> operations alone. libtorch's just-in-time compiler leaves lists as they are, but from the third
/// call on would fuse arithmetic on single tensors, whose roundings would then differ from those of a resumed run's first steps.
/// </remarks>
/// <param name="source">A constant that compiles: libtorch may end the process if it does not. Its function is <c>step</c>.</param>
internal sealed class UpdateScript(string source)
{
    private readonly Lazy<jit.CompilationUnit> _unit = new(() => jit.compile(source + "\n")); // the parser wants the last line ended

    /// <summary>Calls the function: first the lists, then the numbers, then the flags.</summary>
    public void Step(Tensor[][] lists, double[] numbers, params bool[] flags)
    {
        // TorchSharp would turn a double into a scalar of its own that the garbage collector may free during the call.
        var scalars = Array.ConvertAll(numbers, number => (Scalar)number);
        _unit.Value.invoke("step", [.. lists, .. scalars, .. flags.Cast<object>()]);
        foreach (var scalar in scalars) scalar.Dispose();
    }
}
