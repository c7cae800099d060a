using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Native;
using TorchSharp;

namespace SimClr.Torch.Tests.Data;

public class BatchBufferTests
{
    public BatchBufferTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(torch.ScalarType.Float32, false)]
    [InlineData(torch.ScalarType.BFloat16, false)]
    [InlineData(torch.ScalarType.Float32, true)]
    [InlineData(torch.ScalarType.BFloat16, true)]
    public unsafe void A_tensor_shares_memory_that_begins_at_a_cache_line(torch.ScalarType type, bool ofTorch)
    {
        const int rows = 5, length = 48;
        var format = PixelFormat.Default with { Type = type == torch.bfloat16 ? PixelType.BFloat16 : PixelType.Float32 };
        using var scope = torch.NewDisposeScope();
        var buffer = ofTorch
            ? new TensorBuffer(torch.empty(rows * length, type), isPageLocked: false) { Format = format }
            : BatchBuffer.Allocate(rows * length, format, pageLocked: false);
        fixed (byte* start = buffer.Bytes(0, length)) Assert.Equal(0u, (nuint)start % 64);
        Assert.Equal(length * type.ElementSize(), buffer.Bytes(4 * length, length).Length);
        for (var row = 0; row < rows; row++)
        {
            var bytes = buffer.Bytes(row * length, length);
            if (type == torch.ScalarType.Float32) MemoryMarshal.Cast<byte, float>(bytes).Fill(row + 0.5f);
            else MemoryMarshal.Cast<byte, BFloat16>(bytes).Fill((BFloat16)(row + 0.5f));
        }
        using (var tensor = buffer.Elements(0, 4 * length))
        {
            Assert.Equal((type, 4 * length), (tensor.dtype, (int)tensor.shape[0]));
            using var single = tensor.to(torch.float32);
            for (var i = 0; i < 4 * length; i++) Assert.Equal(i / length + 0.5f, single[i].item<float>());
            tensor.fill_(-2);
        }
        using var last = buffer.Elements(4 * length, length).narrow(0, 0, 1).to(torch.float32);
        using var first = buffer.Elements(0, 1).to(torch.float32);
        Assert.Equal((-2f, 4.5f), (first.item<float>(), last.item<float>()));
        Assert.False(buffer.IsPageLocked);
    }

    [Fact]
    public void Memory_of_torch_survives_the_scope_in_which_it_was_made()
    {
        TensorBuffer buffer;
        using (torch.NewDisposeScope())
            buffer = new TensorBuffer(torch.zeros(8), isPageLocked: false) { Format = PixelFormat.Default };
        buffer.Bytes(0, 8)[0] = 1;
        using var elements = buffer.Elements(0, 8);
        Assert.Equal(8, elements.shape[0]);
    }
}
