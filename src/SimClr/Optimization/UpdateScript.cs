using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// A TorchScript function over lists of tensors, so that one call changes many parameters, and on a GPU a few kernels do.
/// </summary>
/// <remarks>
/// A script computes with <c>_foreach</c> operations alone. libtorch's just-in-time compiler leaves those as they are, but from
/// the third call on may fuse arithmetic on single tensors, whose roundings would then differ from those of the first calls: a
/// resumed run would no longer repeat the undisturbed one bit for bit.
/// </remarks>
/// <param name="source">
/// A constant that compiles; libtorch does not always survive one that does not. Its function is <c>step</c>.
/// </param>
internal sealed class UpdateScript(string source)
{
    // The parser wants the last line ended.
    private readonly Lazy<jit.CompilationUnit> _unit = new(() => jit.compile(source + "\n"));

    /// <summary>Calls the function for each group that is not empty, with its lists, the numbers and the flags.</summary>
    public void Step(IEnumerable<Tensor[][]> groups, double[] numbers, params bool[] flags)
    {
        // TorchSharp would make a scalar of its own of a double, which the garbage collector may free during the call.
        var scalars = Array.ConvertAll(numbers, number => (Scalar)number);
        object[]? arguments = null;
        foreach (var lists in groups)
        {
            if (lists[0].Length == 0) continue;
            arguments ??= [.. lists, .. scalars, .. flags.Cast<object>()];
            lists.CopyTo(arguments, 0);
            _unit.Value.invoke("step", arguments);
        }
        foreach (var scalar in scalars) scalar.Dispose();
    }
}
