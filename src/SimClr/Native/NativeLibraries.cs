using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace SimClr.Native;

/// <summary>
/// Gets libtorch into the process where the ordinary load fails.
/// </summary>
/// <remarks>
/// TorchSharp 0.107's Linux binary is linked against <c>GLIBCXX_3.4.32</c> (GCC 13) for one symbol that nothing in it calls,
/// so on Debian 12 and Ubuntu 22.04 (<c>GLIBCXX_3.4.30</c>) the loader refuses it. When, and only when, the ordinary load has
/// failed, a private copy is loaded in which that one version need is weak; nothing else in it differs. The copy has no name
/// that anyone else could reach (<see cref="AnonymousLibrary"/>).
/// <para>The variable <c>SIMCLR_LIBTORCH</c> names a folder with another libtorch (the <c>torch/lib</c> of a Python
/// install, for its CUDA build); it is then used instead of the packaged one.</para>
/// </remarks>
internal static class NativeLibraries
{
    /// <summary>The environment variable that names the folder of another libtorch.</summary>
    public const string LibTorchVariable = "SIMCLR_LIBTORCH";

    private const string Bridge = "LibTorchSharp";
    private const string MissingVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static IntPtr _bridge;

    /// <summary>Why the last attempt to load failed, or null.</summary>
    public static string? Failure { get; private set; }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Must precede the first use of TorchSharp by a caller.")]
    internal static void Register()
    {
        if (!OperatingSystem.IsLinux()) return;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll +=
            (_, name) => name == Bridge ? LoadBridge(AppContext.BaseDirectory) : IntPtr.Zero;
        if (Environment.GetEnvironmentVariable(LibTorchVariable) is { Length: > 0 } folder)
            NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => FromFolder(folder, name));
    }

    /// <summary>Loads the bridge next to a libtorch found elsewhere; names that are not there go the ordinary way.</summary>
    private static IntPtr FromFolder(string folder, string name)
    {
        if (name == Bridge) return LoadBridge(folder);
        var file = Path.Combine(folder, $"lib{name}.so");
        return name.StartsWith("torch", StringComparison.Ordinal) && File.Exists(file) ? NativeLibrary.Load(file) : IntPtr.Zero;
    }

    private static IntPtr LoadBridge(string libtorchFolder)
    {
        lock (Gate)
        {
            if (_bridge != IntPtr.Zero) return _bridge;
            try
            {
                return _bridge = LoadWeakened(libtorchFolder);
            }
            catch (Exception e) when (
                e is IOException or DllNotFoundException or BadImageFormatException or UnauthorizedAccessException)
            {
                Failure = e.Message;
                return IntPtr.Zero;
            }
        }
    }

    private static IntPtr LoadWeakened(string libtorchFolder)
    {
        var original = FindBeside(AppContext.BaseDirectory, "libLibTorchSharp.so")
            ?? throw new DllNotFoundException(
                "libLibTorchSharp.so is not in the application folder; build or publish the application again.");
        var libtorch = FindBeside(libtorchFolder, "libtorch.so")
            ?? throw new DllNotFoundException(
                $"libtorch.so is not in {libtorchFolder}; build again, or set {LibTorchVariable} to a folder that holds it.");
        // Loaded first, so that the bridge's own need for it is already met wherever the copy lies.
        NativeLibrary.Load(libtorch);
        if (NativeLibrary.TryLoad(original, out var handle)) return handle;
        var bytes = File.ReadAllBytes(original);
        ElfVersionNeeds.MarkWeak(bytes, MissingVersion);
        return AnonymousLibrary.Load(bytes, Bridge);
    }

    /// <summary>A library of the application: in its folder, or under its <c>runtimes/RID/native</c>.</summary>
    internal static string? FindBeside(string folder, string file)
    {
        string[] candidates = [Path.Combine(folder, file), Path.Combine(folder, "runtimes", "linux-x64", "native", file)];
        return Array.Find(candidates, File.Exists);
    }

    /// <summary>The words for a person whose machine cannot load libtorch.</summary>
    internal static string Explain(Exception cause)
    {
        var platform = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}";
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return $"libtorch could not be loaded on {platform}: this build carries libtorch for Linux x64 only; "
                + "reference the libtorch package of your platform.";
        var inner = cause;
        while (inner is TypeInitializationException && inner.InnerException is { } next) inner = next;
        var reason = (Failure ?? inner.Message).Split('\n')[0].Trim();
        return $"libtorch could not be loaded on {platform}: {reason} "
            + "It needs glibc 2.28+ and libstdc++ of GCC 12+ (Debian 12, Ubuntu 22.04 or newer); "
            + $"install libstdc++6, or set {LibTorchVariable} to a folder that holds libtorch.so.";
    }
}
