using System.Runtime.InteropServices;
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

[Collection(nameof(Alone))]
public class UnreadableImagesTests
{
    private static readonly AugmentationPolicy Policy = AugmentationPolicy.Paper(12);

    private static readonly ViewBatchOptions Options = new() { BatchSize = 32, Seed = 3 };

    [Fact]
    public void A_folder_with_broken_files_gives_the_same_batches_with_any_number_of_workers()
    {
        using var folder = new BrokenImages(160);
        var data = ImageFolder.Open(folder.FullPath).Train;
        List<string>? expected = null;
        foreach (var (workers, cache) in new[] { (1, 0L), (2, 100_000L), (7, 1L << 30) })
        {
            var batches = new ViewBatches(data, Policy, Options with { Workers = workers, CacheBytes = cache });
            List<string> actual = [.. Recorded.Of(batches.Epoch(0)), .. Recorded.Of(batches.Epoch(1))];
            Assert.Equal(2 * 5, actual.Count);
            Assert.Equal(expected ??= actual, actual);
            Assert.Equal(actual.Skip(7), Recorded.Of(batches.Epoch(1, 2)));
            Assert.Equal(folder.Broken, batches.Unreadable.Count);
        }
    }

    [Fact]
    public void Each_broken_file_is_told_once_with_its_reason_and_replaced_by_an_image_of_no_rank()
    {
        using var folder = new BrokenImages(160);
        var data = ImageFolder.Open(folder.FullPath).Train;
        var batches = new ViewBatches(data, Policy, Options with { BatchSize = 16, WorldSize = 2, Rank = 1 });
        var told = new List<UnreadableImage>();
        batches.Unreadable.Found += told.Add;
        var order = new EpochOrder(160, 32, 3);
        var replaced = 0;
        for (var epoch = 0; epoch < 6; epoch++)
        {
            var permutation = order.Permutation(epoch);
            foreach (var batch in batches.Epoch(epoch))
            {
                var global = order.Batch(permutation, batch.Step).ToArray();
                for (var i = 0; i < 16; i++)
                {
                    Assert.NotEqual(7, batch.Indices[i] % 20);
                    if (global[16 + i] % 20 != 7)
                    {
                        Assert.Equal(global[16 + i], batch.Indices[i]);
                        continue;
                    }
                    Assert.DoesNotContain(batch.Indices[i], global);
                    replaced++;
                }
            }
        }
        Assert.True(replaced > 6 * 2, $"{replaced} replaced"); // of 6 epochs' halves of 8 broken files
        Assert.Equal(told, batches.Unreadable.ToList());
        Assert.Equal(folder.Broken, told.Select(image => image.Index).Distinct().Count());
        Assert.Equal(folder.Broken, told.Count);
        foreach (var (index, image, reason) in told)
        {
            Assert.Equal(data.Describe(index), image);
            string[] reasons = ["data ends too early", "the file is empty", "not a JPEG", "30000x30000 is more than"];
            Assert.Contains(reasons[index / 20 % 4], reason);
            Assert.DoesNotContain(image, reason);
            Assert.DoesNotContain('\n', reason);
        }
    }

    [Fact]
    public void Memory_stays_bounded()
    {
        using var folder = new BrokenImages(160);
        var batches = new ViewBatches(ImageFolder.Open(folder.FullPath).Train, Policy, Options with { CacheBytes = 0 });
        Assert.Equal(5, batches.Epoch(0).Count());
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var epoch = 1; epoch < 4; epoch++) Assert.Equal(5, batches.Epoch(epoch).Count());
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        // 480 images with two or three small objects each for a file handle and Skia's wrappers. A single image of the size
        // that the bad headers claim would be 3.6 GB.
        Assert.True(allocated < 480 * 4_000, $"{allocated} bytes");
    }

    [Fact]
    public void A_bad_image_is_opened_once()
    {
        var opened = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var data = new NoiseDataset(60)
        {
            Failure = index =>
            {
                opened.AddOrUpdate(index, 1, (_, count) => count + 1);
                return index % 10 == 3 ? new ImageFormatException("torn") : null;
            },
        };
        var batches = new ViewBatches(data, Policy, Options with { BatchSize = 6, Workers = 1, CacheBytes = 0 });
        for (var epoch = 0; epoch < 5; epoch++) Assert.Equal(10, batches.Epoch(epoch).Count());
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(1, opened[10 * i + 3]));
        Assert.All(batches.Unreadable.ToList(), image => Assert.Equal("torn", image.Reason));
    }

    [Fact]
    public void A_dataset_of_which_nothing_can_be_read_is_refused_with_the_first_reason()
    {
        var data = new NoiseDataset(600) { Failure = index => new DataException($"noise image {index}: torn") };
        var batches = new ViewBatches(data, Policy, Options with { Workers = 1 });
        var told = 0;
        batches.Unreadable.Found += _ => told++;
        var message = Assert.Throws<DataException>(() => batches.Epoch(0).Count()).Message;
        var first = new EpochOrder(600, 32, 3).Permutation(0)[0];
        Assert.Equal($"Most images of noise cannot be read; the first of them is noise image {first}: torn", message);
        Assert.True(told >= 33, $"{told} told"); // the image and what was drawn in its place
    }

    [Fact]
    public void When_a_batch_takes_every_image_the_advice_is_a_smaller_one()
    {
        var data = new NoiseDataset(32) { Failure = index => index == 5 ? new DataException("noise image 5: torn") : null };
        var message = Assert.Throws<DataException>(() => new ViewBatches(data, Policy, Options).Epoch(0).Count()).Message;
        Assert.Contains("noise image 5 cannot be read", message);
        Assert.Contains("use a smaller BatchSize", message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Evaluation_leaves_them_out(int workers)
    {
        var data = new NoiseDataset(23)
        {
            // The first, the last, two in a row, and all of the third batch.
            Failure = index => index is 0 or 3 or 4 or (>= 10 and < 15) or 22 ? new DataException("torn") : null,
        };
        var transform = new EvaluationTransform(10, Normalization.None);
        var batches = new EvaluationBatches(data, transform, new EvaluationBatchOptions { BatchSize = 5, Workers = workers });
        int[][] expected = [[1, 2], [5, 6, 7, 8, 9], [15, 16, 17, 18, 19], [20, 21]];
        var (scratch, pixels) = (new RenderScratch(), new float[transform.ViewLength]);
        for (var pass = 0; pass < 2; pass++)
        {
            var seen = new List<int[]>();
            foreach (var batch in batches.All())
            {
                seen.Add([.. batch.Indices]);
                Assert.Equal(batch.Indices.Select(index => index % 2), batch.Labels);
                for (var row = 0; row < batch.Rows; row++)
                {
                    transform.Render(data.Load(batch.Indices[row]), pixels, scratch);
                    Assert.True(pixels.AsSpan().SequenceEqual(MemoryMarshal.Cast<byte, float>(batch.View(row))));
                }
            }
            Assert.Equal(expected, seen);
            Assert.Equal(9, batches.Unreadable.Count);
        }
        var none = new NoiseDataset(7) { Failure = _ => new DataException("torn") };
        Assert.Equal("No image of noise can be read; the first is noise image 0: torn", Assert.Throws<DataException>(
            () => new EvaluationBatches(none, transform, new EvaluationBatchOptions { Workers = 1 }).All().Count()).Message);
    }
}
