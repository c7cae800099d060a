using System.Globalization;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace SimClr.Native;

/// <summary>Loads libtorch and chooses device, precision and threads.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads libtorch; returns at once when it is loaded already.</summary>
    /// <exception cref="TorchRuntimeException">It cannot be loaded; the message says why and what to do.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>The device of a name.</summary>
    /// <param name="name">
    /// <c>auto</c> (the first CUDA device if there is one, else the processor), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.
    /// </param>
    /// <exception cref="TorchRuntimeException">The name is unknown or there is no such device.</exception>
    public static torch.Device SelectDevice(string name = "auto")
    {
        ArgumentNullException.ThrowIfNull(name);
        EnsureLoaded();
        if (name == "cpu") return torch.CPU;
        if (name == "auto") return HasCuda() ? new torch.Device(DeviceType.CUDA, 0) : torch.CPU;
        var index = 0;
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new TorchRuntimeException($"Unknown device '{name}'; use auto, cpu, cuda or cuda:N.");
        if (!HasCuda())
            throw new TorchRuntimeException($"Device '{name}' was asked for, but libtorch finds no CUDA device; "
                + $"use cpu, or set {NativeLibraries.LibTorchVariable} to a CUDA libtorch.");
        if (index >= torch.cuda.device_count())
            throw new TorchRuntimeException($"Device '{name}' does not exist; "
                + $"this machine has {torch.cuda.device_count()} CUDA device(s), counted from 0.");
        return new torch.Device(DeviceType.CUDA, index);
    }

    /// <summary>The arithmetic of convolutions and linear layers on a device.</summary>
    /// <param name="precision">Which arithmetic.</param>
    /// <param name="device">Where the arithmetic happens.</param>
    /// <returns><see cref="torch.ScalarType.Float32"/> or <see cref="torch.ScalarType.BFloat16"/>.</returns>
    /// <exception cref="TorchRuntimeException">The name is unknown.</exception>
    public static torch.ScalarType SelectPrecision(Precision precision, torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return precision switch
        {
            Precision.Float32 => torch.ScalarType.Float32,
            Precision.BFloat16 => torch.ScalarType.BFloat16,
            Precision.Auto when device.type == DeviceType.CUDA || ProcessorHasBFloat16() => torch.ScalarType.BFloat16,
            Precision.Auto => torch.ScalarType.Float32,
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "It must be Auto, Float32 or BFloat16."),
        };
    }

    /// <summary>Sets how many threads one tensor operation uses; 0 leaves libtorch's choice (all cores).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static void SetThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        EnsureLoaded();
        // Set even where it stays as it is: until then MKL may take fewer, and results depend on how many there are.
        torch.set_num_threads(threads > 0 ? threads : torch.get_num_threads());
    }

    /// <summary>Whether the processor multiplies bfloat16 in hardware (AVX-512 BF16 or AMX).</summary>
    public static bool ProcessorHasBFloat16()
    {
        if (!X86Base.IsSupported || !Avx512F.IsSupported) return false;
        var (maxLeaf, _, _, _) = X86Base.CpuId(0, 0);
        if (maxLeaf < 7) return false;
        var (eax, _, _, _) = X86Base.CpuId(7, 1); // CPUID.(7,1):EAX[5] is AVX512_BF16
        return (eax & (1 << 5)) != 0;
    }

    /// <summary>A description of the computing machine, for run records: libtorch's version, processor or GPU, cores.</summary>
    public static string Describe(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        EnsureLoaded();
        var torchSharp = typeof(torch).Assembly.GetName().Version?.ToString(3);
        return $"TorchSharp {torchSharp}, libtorch {torch.__version__}, {device}, {Environment.ProcessorCount} cores";
    }

    private static bool HasCuda()
    {
        try
        {
            return torch.cuda.is_available();
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            return false; // the packaged libtorch has no CUDA
        }
    }

    private static bool Load()
    {
        try
        {
            NativeHeap.KeepFreedMemory();
            using var probe = torch.zeros(1);
            Nnpack.SwitchOff();
            return true;
        }
        catch (Exception e) when (
            e is TypeInitializationException or NotSupportedException or DllNotFoundException or BadImageFormatException)
        {
            throw new TorchRuntimeException(NativeLibraries.Explain(e), e);
        }
    }
}
