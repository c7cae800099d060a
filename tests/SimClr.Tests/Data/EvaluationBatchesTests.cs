using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public class PlainBatchesTests
{
    private static readonly EvaluationTransform Transform = new(10, Normalization.ImageNet);

    [Theory]
    [InlineData(20, 6, 4)]
    [InlineData(18, 6, 3)]
    [InlineData(5, 256, 1)]
    [InlineData(1, 1, 1)]
    public void Every_image_comes_once_in_order_with_its_label(int count, int batchSize, int steps)
    {
        var dataset = new NoiseDataset(count);
        var batches = new EvaluationBatches(dataset, Transform,
            new EvaluationBatchOptions { BatchSize = batchSize, Workers = 3 });
        Assert.Equal(steps, batches.Steps);
        var (scratch, expected, next) = (new RenderScratch(), new float[Transform.ViewLength], 0);
        for (var pass = 0; pass < 2; pass++, next = 0) // a second pass starts anew, on used buffers
        {
            foreach (var batch in batches.All())
            {
                Assert.Equal(next, batch.Step * batches.BatchSize);
                for (var row = 0; row < batch.Rows; row++, next++)
                {
                    Assert.Equal((next, next % 2), (batch.Indices[row], batch.Labels[row]));
                    Transform.Render(dataset.Load(next), expected, scratch);
                    Assert.True(expected.AsSpan().SequenceEqual(MemoryMarshal.Cast<byte, float>(batch.View(row))));
                }
            }
            Assert.Equal(count, next);
        }
    }

    [Fact]
    public void Passes_of_crops_show_what_pretraining_draws_as_first_views()
    {
        var dataset = new NoiseDataset(12);
        var policy = new AugmentationPolicy(8, new RandomResizedCrop(), [new HorizontalFlip()], Normalization.ImageNet);
        var rendering = new EvaluationRendering.Augmented(policy, seed: 9);
        var plain = new EvaluationBatches(dataset, rendering, new EvaluationBatchOptions { BatchSize = 5, Workers = 2 },
            new UnreadableImages());
        var views = new ViewBatches(dataset, policy, new ViewBatchOptions { BatchSize = 4, Seed = 9, Workers = 2 });
        for (var pass = 0; pass < 2; pass++)
        {
            var expected = new Dictionary<int, byte[]>();
            foreach (var batch in views.Epoch(pass))
                for (var i = 0; i < 4; i++) expected[batch.Indices[i]] = batch.View(i).ToArray();
            var next = 0;
            foreach (var batch in plain.Pass(pass))
            {
                for (var row = 0; row < batch.Rows; row++, next++)
                {
                    Assert.Equal((next, next % 2), (batch.Indices[row], batch.Labels[row]));
                    Assert.True(batch.View(row).SequenceEqual(expected[next]), $"image {next} in pass {pass}");
                }
            }
            Assert.Equal(12, next);
        }
    }

    [Fact]
    public void Failures_early_exits_and_cancellation_leave_no_thread_behind()
    {
        var dataset = new NoiseDataset(40) { Failure = i => i == 33 ? new InvalidOperationException("torn") : null };
        var batches = new EvaluationBatches(dataset, Transform, new EvaluationBatchOptions { BatchSize = 4, Workers = 3 });
        Assert.Equal(0, batches.All().First().Step);
        Assert.Equal("noise image 33: torn", Assert.Throws<DataException>(() => batches.All().Count()).Message);
        Assert.Throws<OperationCanceledException>(() => batches.All(new CancellationToken(true)).Count());
        Assert.All(dataset.Threads.Keys, t => Assert.False(t.IsAlive));
    }

    [Fact]
    public void Unusable_arguments_are_refused()
    {
        static string Refused<T>(int count, EvaluationBatchOptions options) where T : Exception =>
            Assert.Throws<T>(() => new EvaluationBatches(new NoiseDataset(count), Transform, options)).Message;
        Assert.Equal("noise holds no images.", Refused<DataException>(0, new()));
        Assert.Equal("BatchSize must be at least 1, got 0.", Refused<ArgumentException>(3, new() { BatchSize = 0 }));
        Assert.Equal("Workers must be between 0 and 1024, got 2000.", Refused<ArgumentException>(3, new() { Workers = 2000 }));
    }
}
