using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Data;

public sealed class LabeledBatchesTests
{
    private static readonly AugmentationPolicy Policy = AugmentationPolicy.Paper(8, colorStrength: 0.5, blurProbability: 0);

    [Fact]
    public void An_image_is_shown_as_in_the_first_views_of_pretraining_and_with_its_label()
    {
        var dataset = new NoiseDataset(23);
        var options = new ViewBatchOptions { BatchSize = 5, Seed = 7, Workers = 3 };
        var labeled = new LabeledBatches(dataset, Policy, options, new UnreadableImages());
        var views = new ViewBatches(dataset, Policy, options with { Workers = 1 });
        Assert.Equal(4, labeled.StepsPerEpoch);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var expected = views.Epoch(epoch).Select(batch => (Indices: batch.Indices.ToArray(), Rows: Rows(batch, 5))).ToList();
            var actual = labeled.Epoch(epoch).Select(batch =>
            {
                Assert.Equal(batch.Indices.Select(index => (long)dataset.Label(index)), batch.Labels);
                Assert.Equal((epoch, 5), (batch.Epoch, batch.Rows));
                return (Indices: batch.Indices.ToArray(), Rows: Rows(batch, 5));
            }).ToList();
            Assert.Equal(expected.Select(e => e.Indices), actual.Select(a => a.Indices));
            Assert.Equal(expected.Select(e => e.Rows), actual.Select(a => a.Rows));
        }
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_replaced_together_with_its_label()
    {
        var dataset = new NoiseDataset(20) { Failure = index => index == 4 ? new DataException("broken") : null };
        var options = new ViewBatchOptions { BatchSize = 5, Seed = 1 };
        var batches = new LabeledBatches(dataset, Policy, options, new UnreadableImages());
        var reported = new List<UnreadableImage>();
        batches.Unreadable.Found += reported.Add;
        foreach (var batch in batches.Epoch(0))
        {
            Assert.DoesNotContain(4, batch.Indices);
            Assert.Equal(batch.Indices.Select(index => (long)dataset.Label(index)), batch.Labels);
        }
        Assert.Equal(1, batches.Unreadable.Count);
        Assert.Equal("broken", Assert.Single(reported).Reason);
    }

    [Fact]
    public void A_batch_larger_than_the_labels_is_refused_in_words()
    {
        var options = new ViewBatchOptions { BatchSize = 21 };
        var error = Assert.Throws<DataException>(() => new LabeledBatches(new NoiseDataset(20), Policy, options, new()));
        Assert.Equal("BatchSize 21 is larger than the 20 labeled images of noise; use at most 20.", error.Message);
    }

    private static byte[] Rows(PixelBatch batch, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(row => batch.View(row).ToArray())];
}
