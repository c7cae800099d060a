using System.Runtime.CompilerServices;
using SimClr.Native;

namespace SimClr.Tests.Serial;

/// <summary>
/// Tests compute tiny things: on a busy machine libtorch's threads would wait for each other far longer than they work.
/// </summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => TorchRuntime.SetThreads(1);
}
