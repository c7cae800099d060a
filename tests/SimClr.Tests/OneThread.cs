using System.Runtime.CompilerServices;
using SimClr.Native;

namespace SimClr.Tests;

/// <summary>
/// Tests compute tiny things: on a busy machine libtorch's threads would wait for each other far longer than they work. Commands
/// that are tested as processes use all cores, as they do for users.
/// </summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => TorchRuntime.SetThreads(1);
}
