using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

[Collection(nameof(Alone))]
public class ViewBatchesTests
{
    private static readonly AugmentationPolicy Policy =
        new(12, new RandomResizedCrop(), AugmentationPolicy.Paper(12).Transforms, Normalization.Cifar10);

    private static readonly ViewBatchOptions Options = new() { BatchSize = 6, Seed = 42, Workers = 2 };

    [Fact]
    public void Row_i_and_row_i_plus_N_are_the_two_views_drawn_for_the_image()
    {
        var dataset = new NoiseDataset(20);
        var scratch = new RenderScratch();
        var expected = new float[Policy.ViewLength];
        foreach (var batch in new ViewBatches(dataset, Policy, Options).Epoch(3))
        {
            Assert.Equal((12, 12, 3), (batch.Rows, batch.ImageSize, batch.Epoch));
            for (var row = 0; row < batch.Rows; row++)
            {
                var (index, view) = (batch.Indices[row % 6], row / 6);
                var image = dataset.Load(index);
                var random = new CounterRandom(42, 3, index, view, DrawPurpose.View);
                Policy.Render(image, Policy.Draw(image.Width, image.Height, ref random), expected, scratch);
                Assert.True(expected.AsSpan().SequenceEqual(Row(batch, row)), $"step {batch.Step}, row {row}");
            }
            for (var row = 0; row < 6; row++) Assert.False(Row(batch, row).SequenceEqual(Row(batch, row + 6)));
        }
    }

    [Fact]
    public void Stages_have_views_of_their_sides_and_small_views_stand_behind_the_others()
    {
        AugmentationPolicy Of(int side) => new(side, new RandomResizedCrop(), AugmentationPolicy.Paper(side).Transforms);
        ViewLayout Layout(int side, int small) => new(new(Of(side), Of(side)), Views: 2, new(Of(5), Of(5)), small);
        // Three steps in an epoch: the first stage ends within the second epoch.
        ViewStage[] stages = [new(Layout(8, 3), EndEpoch: 4 / 3.0), new(Layout(12, 1), EndEpoch: 2)];
        var dataset = new NoiseDataset(20);
        var batches = new ViewBatches(dataset, stages, Options, new UnreadableImages());
        var scratch = new RenderScratch();
        var sides = new List<int>();
        foreach (var batch in batches.Epoch(0).Concat(batches.Epoch(1)))
        {
            sides.Add(batch.ImageSize);
            Assert.Equal((2, 12, batch.ImageSize == 8 ? 3 : 1, 5),
                (batch.Views, batch.Rows, batch.SmallViews, batch.SmallImageSize));
            using var small = new MemoryStream(); // float32, as the rows are
            for (var view = 0; view < batch.Views + batch.SmallViews; view++)
            {
                var policy = Of(view < 2 ? batch.ImageSize : 5);
                for (var item = 0; item < 6; item++)
                {
                    var image = dataset.Load(batch.Indices[item]);
                    var random = new CounterRandom(42, batch.Epoch, batch.Indices[item], view, DrawPurpose.View);
                    var expected = new float[policy.ViewLength];
                    policy.Render(image, policy.Draw(image.Width, image.Height, ref random), expected, scratch);
                    if (view < 2) Assert.True(expected.AsSpan().SequenceEqual(Row(batch, view * 6 + item)));
                    else small.Write(MemoryMarshal.AsBytes<float>(expected));
                }
            }
            Assert.True(small.ToArray().AsSpan().SequenceEqual(batch.SmallBytes));
        }
        Assert.Equal([8, 8, 8, 8, 12, 12], sides);
    }

    [Fact]
    public void Of_many_views_each_is_drawn_alone_and_an_image_is_decoded_once()
    {
        var second = new AugmentationPolicy(12, new RandomResizedCrop(), [new HorizontalFlip()], Normalization.Cifar10);
        var dataset = new NoiseDataset(20);
        var options = Options with { CacheBytes = 0, Workers = 1 };
        var many = new ViewBatches(dataset, Policy, second, options with { Views = 5 });
        var pairs = new ViewBatches(new NoiseDataset(20), Policy, second, options);
        var scratch = new RenderScratch();
        var expected = new float[Policy.ViewLength];
        foreach (var (batch, pair) in many.Epoch(3).Zip(pairs.Epoch(3)))
        {
            Assert.Equal((5, 30), (batch.Views, batch.Rows));
            for (var row = 0; row < 12; row++) Assert.True(Row(pair, row).SequenceEqual(Row(batch, row)));
            for (var row = 12; row < 30; row++)
            {
                var (index, view) = (batch.Indices[row % 6], row / 6);
                var policy = view % 2 == 0 ? Policy : second;
                var image = dataset.Load(index);
                var random = new CounterRandom(42, 3, index, view, DrawPurpose.View);
                policy.Render(image, policy.Draw(image.Width, image.Height, ref random), expected, scratch);
                Assert.True(expected.AsSpan().SequenceEqual(Row(batch, row)), $"step {batch.Step}, row {row}");
            }
        }
        var loads = dataset.Loads;
        Assert.Equal(3, many.Epoch(0).Count());
        Assert.Equal(18, dataset.Loads - loads);
        Assert.Throws<ArgumentException>(() => new ViewBatches(dataset, Policy, options with { Views = 1 }));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(7, 5)]
    [InlineData(0, 100)]
    public void Batches_are_the_same_with_any_number_of_workers(int workers, int prefetch)
    {
        var dataset = new NoiseDataset(50);
        var expected = Record(new ViewBatches(dataset, Policy, Options).Epoch(1));
        var actual = Record(new ViewBatches(dataset, Policy, Options with { Workers = workers, Prefetch = prefetch }).Epoch(1));
        Assert.Equal(8, expected.Count);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void An_epoch_resumed_in_the_middle_goes_on_with_the_same_batches()
    {
        var batches = new ViewBatches(new NoiseDataset(50), Policy, Options);
        var whole = Record(batches.Epoch(2));
        for (var first = 0; first <= batches.StepsPerEpoch; first++)
            Assert.Equal(whole.Skip(first), Record(batches.Epoch(2, first)));
    }

    [Fact]
    public void Epochs_and_seeds_differ_in_order_and_in_views()
    {
        var dataset = new NoiseDataset(6);
        var batches = new ViewBatches(dataset, Policy, Options);
        var others = new ViewBatches(dataset, Policy, Options with { Seed = 43 });
        string[] all = [.. Record(batches.Epoch(0)), .. Record(batches.Epoch(1)), .. Record(others.Epoch(0))];
        Assert.Equal(3, all.Distinct().Count());
    }

    [Fact]
    public void Each_image_is_loaded_once_for_its_two_views()
    {
        var dataset = new NoiseDataset(50);
        Assert.Equal(8, new ViewBatches(dataset, Policy, Options).Epoch(0).Count());
        Assert.Equal(48, dataset.Loads);
    }

    [Fact]
    public void Workers_wait_for_the_consumer()
    {
        var dataset = new NoiseDataset(60);
        using var epoch = new ViewBatches(dataset, Policy, Options with { Prefetch = 2 }).Epoch(0).GetEnumerator();
        Assert.True(epoch.MoveNext());
        // All that may be rendered: the batch in the consumer's hands and two ahead of it.
        Assert.True(SpinWait.SpinUntil(() => dataset.Loads == 3 * 6, TimeSpan.FromSeconds(20)));
        Thread.Sleep(50);
        Assert.Equal(3 * 6, dataset.Loads);
        Assert.True(epoch.MoveNext());
        Assert.True(SpinWait.SpinUntil(() => dataset.Loads == 4 * 6, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Leaving_an_epoch_early_leaves_no_thread_behind()
    {
        var dataset = new NoiseDataset(60);
        foreach (var batch in new ViewBatches(dataset, Policy, Options with { Workers = 3 }).Epoch(0))
            if (batch.Step == 2) break;
        Assert.NotEmpty(dataset.Threads);
        Assert.All(dataset.Threads.Keys, t => Assert.False(t.IsAlive));
        Assert.DoesNotContain(Thread.CurrentThread, dataset.Threads.Keys);
    }

    [Fact]
    public void Cancelling_ends_a_waiting_consumer_and_the_threads()
    {
        using var cancellationToken = new CancellationTokenSource();
        var dataset = new NoiseDataset(60)
        {
            Failure = _ =>
            {
                cancellationToken.CancelAfter(20); // while the consumer waits for a batch that never comes
                cancellationToken.Token.WaitHandle.WaitOne();
                return null;
            },
        };
        var batches = new ViewBatches(dataset, Policy, Options);
        Assert.Throws<OperationCanceledException>(() => batches.Epoch(0, 0, cancellationToken.Token).Count());
        Assert.All(dataset.Threads.Keys, t => Assert.False(t.IsAlive));
        Assert.Throws<OperationCanceledException>(() => batches.Epoch(0, 0, new CancellationToken(true)).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_first_failure_of_a_batch_that_is_not_about_an_image_ends_the_epoch_there(int workers)
    {
        var order = new EpochOrder(60, 6, 42).Permutation(0);
        var (first, second) = (order[13], order[16]); // both in step 2, rows 1 and 4
        var bug = new NotSupportedException("no more");
        var dataset = new NoiseDataset(60)
        {
            Failure = i => i == second ? new InvalidOperationException("torn") : i == first ? bug : null,
        };
        var seen = 0;
        var thrown = Assert.Throws<DataException>(() =>
        {
            foreach (var _ in new ViewBatches(dataset, Policy, Options with { Workers = workers }).Epoch(0)) seen++;
        });
        Assert.Equal(2, seen); // the batches before it are good
        Assert.Same(bug, thrown.InnerException);
        Assert.StartsWith($"noise image {first}: ", thrown.Message);
        Assert.All(dataset.Threads.Keys, t => Assert.False(t.IsAlive));
    }

    [Fact]
    public void Any_other_failure_is_reported_with_the_image()
    {
        var dataset = new NoiseDataset(6) { Failure = i => i == 4 ? new InvalidOperationException("torn") : null };
        var thrown = Assert.Throws<DataException>(() => new ViewBatches(dataset, Policy, Options).Epoch(0).Count());
        Assert.Equal("noise image 4: torn", thrown.Message);
        Assert.IsType<InvalidOperationException>(thrown.InnerException);
    }

    [Fact]
    public void A_batch_is_invalid_once_the_next_is_asked_for()
    {
        ViewBatch? previous = null;
        foreach (var batch in new ViewBatches(new NoiseDataset(20), Policy, Options).Epoch(0))
        {
            if (previous is { } stale) Assert.Throws<ObjectDisposedException>(() => stale.View(0).Length);
            previous = batch;
        }
        Assert.Throws<ObjectDisposedException>(() => previous!.ToTensor());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // kept after the first epoch
    public void In_steady_state_nothing_is_allocated_per_view(bool inMemory)
    {
        // The cost of an epoch and of its batches is the same with few and with many images in a batch, but for the order of
        // the epoch and the batches' indices: 4 bytes each for every image.
        var policy = AugmentationPolicy.Paper(8);
        var (few, many) = (Allocated(10), Allocated(200));
        var perView = (many - few - 8.0 * 20 * 190) / (20 * 190 * 2);
        // A single object for each view would be 24 bytes. What remains is the noise of threads that start and stop.
        Assert.True(perView < 2, $"{perView:0.0} bytes for each view; {few} bytes with few images, {many} with many");

        long Allocated(int batchSize)
        {
            var data = new NoiseDataset(20 * batchSize) { IsInMemory = inMemory };
            var batches = new ViewBatches(data, policy, Options with { BatchSize = batchSize });
            for (var i = 0; i < 3; i++) Assert.Equal(20, batches.Epoch(i).Count());
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(20, batches.Epoch(3).Count());
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Images_that_are_claimed_several_at_a_time_come_all_and_at_their_places(int workers)
    {
        var dataset = new NoiseDataset(630) { IsInMemory = true };
        var options = Options with { BatchSize = 210, Workers = workers };
        var expected = Record(new ViewBatches(new NoiseDataset(630), Policy, options with { Workers = 1 }).Epoch(0));
        Assert.Equal(expected, Record(new ViewBatches(dataset, Policy, options).Epoch(0)));
        Assert.Equal(630, dataset.Loads);
    }

    [Theory]
    [InlineData(2, 256, 512 * 32 * 32 * 3 * 2L, 2)]
    [InlineData(16, 256, 512 * 224 * 224 * 3 * 2L, 2)]
    [InlineData(2, 4096, 8192 * 32 * 32 * 3 * 2L, 2)]
    [InlineData(16, 4096, 8192 * 224 * 224 * 3 * 2L, 1)] // 2.5 GB each
    [InlineData(16, 4, 8 * 32 * 32 * 3 * 2L, 8)]          // 16 workers, two images for each
    public void Two_batches_are_rendered_ahead_unless_they_are_huge_or_tiny(int workers, int batchSize, long bytes, int ahead) =>
        Assert.Equal(ahead, RenderAhead.Prefetch(workers, batchSize, bytes));

    [Fact]
    public void Unusable_sizes_are_refused_with_what_to_do()
    {
        static string Refused<T>(int count, ViewBatchOptions options) where T : Exception =>
            Assert.Throws<T>(() => new ViewBatches(new NoiseDataset(count), Policy, options)).Message;
        Assert.Equal("noise holds no images.", Refused<DataException>(0, Options));
        Assert.Equal("BatchSize 512 is larger than the 100 images of noise; use at most 100.",
            Refused<DataException>(100, Options with { BatchSize = 512 }));
        Assert.Equal("BatchSize 60 is larger than the 100 images of noise shared by 2 processes; use at most 50.",
            Refused<DataException>(100, Options with { BatchSize = 60, WorldSize = 2 }));
        Assert.Equal("BatchSize must be at least 1, got 0.", Refused<ArgumentException>(9, Options with { BatchSize = 0 }));
        Assert.Equal("Workers must be between 0 and 1024, got -1.", Refused<ArgumentException>(9, Options with { Workers = -1 }));
        Assert.Equal("Prefetch must be between 0 and 1024, got -1.",
            Refused<ArgumentException>(9, Options with { Prefetch = -1 }));
        Assert.Equal("CacheBytes must be at least 0, or null, got -1.",
            Refused<ArgumentException>(9, Options with { CacheBytes = -1 }));
        Assert.Equal("Rank must be at least 0 and below WorldSize (2), got 2.",
            Refused<ArgumentException>(90, Options with { Rank = 2, WorldSize = 2 }));
        var batches = new ViewBatches(new NoiseDataset(20), Policy, Options);
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Epoch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Epoch(0, 4));
        Assert.Empty(batches.Epoch(0, 3));
    }

    private static ReadOnlySpan<float> Row(ViewBatch batch, int row) => MemoryMarshal.Cast<byte, float>(batch.View(row));

    private static List<string> Record(IEnumerable<ViewBatch> batches) => Recorded.Of(batches);
}
