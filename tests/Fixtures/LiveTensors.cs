using static TorchSharp.torch;

namespace SimClr.Tests.Fixtures;

/// <summary>Counts TorchSharp's tensors of the whole process, for tests that nothing is left behind.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// The count before the work under test. What other tests left to the finalizer is released first: it would otherwise go at
    /// any time, and the count behind the work be too low.
    /// </summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
