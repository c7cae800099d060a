using System.Runtime.InteropServices;

namespace SimClr.Native;

/// <summary>
/// Keeps libtorch from NNPACK, which it prefers for float32 convolutions of fewer than 16 images on one thread: results would
/// depend on the number of threads, and where NNPACK cannot start (virtual machines that hide their caches) every such
/// convolution writes a warning to the terminal.
/// </summary>
internal static unsafe class Nnpack
{
    /// <summary>Switches it off. libtorch must be loaded. Does nothing where its library has other names.</summary>
    /// <returns>Whether it is off.</returns>
    public static bool SwitchOff()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libtorch_cpu.so", out var library)) return false;
        // at::globalContext() and at::Context::setUserEnabledNNPACK(bool), which Python calls for torch.backends.nnpack.
        if (!NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledNNPACKEb", out var enable)) return false;
        ((delegate* unmanaged<nint, byte, void>)enable)(((delegate* unmanaged<nint>)context)(), 0);
        return true;
    }
}
