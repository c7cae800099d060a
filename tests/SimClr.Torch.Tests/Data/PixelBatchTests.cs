using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using TorchSharp;

namespace SimClr.Torch.Tests.Data;

public class PixelBatchTests
{
    private static readonly AugmentationPolicy Policy = AugmentationPolicy.Paper(8);

    public PixelBatchTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void A_tensor_is_channels_last_and_shares_the_batchs_memory()
    {
        var batches = new ViewBatches(new NoiseDataset(10), Policy, new ViewBatchOptions { BatchSize = 5 });
        using var batch = batches.Epoch(0).GetEnumerator();
        Assert.True(batch.MoveNext());
        using var tensor = batch.Current.ToTensor(torch.CPU); // [10, 3, 8, 8]
        Assert.Equal([10, 3, 8, 8], tensor.shape);
        Assert.Equal([8 * 8 * 3, 1, 8 * 3, 3], tensor.stride());
        Assert.Equal(torch.ScalarType.Float32, tensor.dtype);
        for (var n = 0; n < 10; n++)
            for (var c = 0; c < 3; c++)
                Assert.Equal(Floats(batch.Current, n)[(5 * 8 + 2) * 3 + c], tensor[n, c, 5, 2].item<float>());
        tensor.fill_(7);
        Assert.Equal(7f, Floats(batch.Current, 9)[^1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Current.View(10).Length);
    }

    [Theory]
    [InlineData(PixelType.BFloat16, PixelLayout.ChannelsLast)]
    [InlineData(PixelType.BFloat16, PixelLayout.Planar)]
    [InlineData(PixelType.Float32, PixelLayout.Planar)]
    public void Every_format_gives_the_same_pixels(PixelType type, PixelLayout layout)
    {
        using var scope = torch.NewDisposeScope();
        var options = new ViewBatchOptions { BatchSize = 5 };
        using var expected = new ViewBatches(new NoiseDataset(10), Policy, options).Epoch(0).GetEnumerator();
        using var actual = new ViewBatches(new NoiseDataset(10), Policy, options with { Format = new(type, layout) })
            .Epoch(0).GetEnumerator();
        Assert.True(expected.MoveNext() && actual.MoveNext());
        var tensor = actual.Current.ToTensor(); // [10, 3, 8, 8]
        Assert.Equal(type == PixelType.BFloat16 ? torch.bfloat16 : torch.float32, tensor.dtype);
        Assert.Equal(layout == PixelLayout.Planar ? 1 : 3, tensor.stride()[3]);
        Assert.True(expected.Current.ToTensor().to(tensor.dtype).equal(tensor).all().item<bool>());
    }

    [Fact]
    public void A_partial_batchs_tensor_has_its_rows_only()
    {
        var transform = new EvaluationTransform(8, Normalization.None);
        var batches = new EvaluationBatches(new NoiseDataset(7), transform, new EvaluationBatchOptions { BatchSize = 5 });
        long[] rows = [.. batches.All().Select(b =>
        {
            using var tensor = b.ToTensor();
            return tensor.shape[0];
        })];
        Assert.Equal([5, 2], rows);
    }

    private static ReadOnlySpan<float> Floats(PixelBatch batch, int row) => MemoryMarshal.Cast<byte, float>(batch.View(row));

    [Fact]
    public void Batches_and_their_tensors_leave_no_tensor_alive()
    {
        var batches = new ViewBatches(new NoiseDataset(40), Policy, new ViewBatchOptions { BatchSize = 5 });
        var before = LiveTensors.Count();
        foreach (var batch in batches.Epoch(0))
        {
            using var scope = torch.NewDisposeScope();
            var tensor = batch.ToTensor();
            Assert.Equal(before + 1, torch.Tensor.TotalCount);
        }
        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
