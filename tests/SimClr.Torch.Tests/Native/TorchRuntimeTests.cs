using SimClr.Native;
using TorchSharp;

namespace SimClr.Torch.Tests.Native;

public class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_loads_and_computes()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        Assert.Equal(6f, torch.tensor(new[] { 1f, 2f, 3f }).sum().item<float>());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("CPU")]
    public void An_unknown_device_is_named_with_the_choices(string name)
    {
        var error = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.SelectDevice(name));
        Assert.Equal($"Unknown device '{name}'; use auto, cpu, cuda or cuda:N.", error.Message);
    }

    [Fact]
    public void A_missing_gpu_is_an_error_that_says_what_to_do()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has a CUDA device.");
        Assert.Equal(DeviceType.CPU, TorchRuntime.SelectDevice("auto").type);
        var error = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.SelectDevice("cuda:1"));
        Assert.Contains("use cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Precision_is_chosen_from_the_hardware_unless_told()
    {
        Assert.Equal(torch.ScalarType.Float32, TorchRuntime.SelectPrecision(Precision.Float32, torch.CPU));
        Assert.Equal(torch.ScalarType.BFloat16, TorchRuntime.SelectPrecision(Precision.BFloat16, torch.CPU));
        Assert.Equal(
            TorchRuntime.ProcessorHasBFloat16() ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
            TorchRuntime.SelectPrecision(Precision.Auto, torch.CPU));
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.SelectPrecision((Precision)9, torch.CPU));
    }

    [Fact]
    public void The_processor_flag_agrees_with_the_operating_system()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "No /proc/cpuinfo here.");
        Assert.Equal(File.ReadAllText("/proc/cpuinfo").Contains("avx512_bf16", StringComparison.Ordinal),
            TorchRuntime.ProcessorHasBFloat16());
    }

    [Fact]
    public void Nnpack_is_left_out_where_libtorch_exports_the_switch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The switch's name is known on Linux only.");
        TorchRuntime.EnsureLoaded();
        Assert.True(Nnpack.SwitchOff());
    }

    [Fact]
    public void Freed_memory_is_kept_on_glibc()
    {
        Assert.SkipUnless(File.Exists("/lib/x86_64-linux-gnu/libc.so.6"), "Not a glibc x64 system.");
        Assert.True(NativeHeap.KeepFreedMemory());
    }
}
