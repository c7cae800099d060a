using SimClr.Training;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class MicroBatchTests
{
    [Theory]
    [InlineData(8, 0, "8")]
    [InlineData(8, 8, "8")]
    [InlineData(8, 4, "4 4")]
    [InlineData(10, 4, "4 4 2")]
    [InlineData(9, 4, "4 5")] // no image is alone
    [InlineData(3, 2, "3")]
    [InlineData(7, 2, "2 2 3")]
    [InlineData(4096, 256, "256 256 256 256 256 256 256 256 256 256 256 256 256 256 256 256")]
    public void A_batch_is_cut_into_parts_of_two_images_or_more(int images, int size, string counts)
    {
        var parts = MicroBatch.Split(images, size);
        Assert.Equal(counts, string.Join(' ', parts.Select(part => part.Count)));
        Assert.Equal(Enumerable.Range(0, images), parts.SelectMany(part => Enumerable.Range(part.First, part.Count)));
    }

    [Fact]
    public void A_part_has_both_views_of_its_images_and_goes_back_to_where_it_came_from()
    {
        using var scope = NewDisposeScope();
        var rows = arange(10).reshape(10, 1) * ones(1, 3); // [2N, 3], the row's number
        var part = new MicroBatch(1, 2);
        Assert.Equal([1f, 2f, 6f, 7f], part.Of(rows).select(1, 0).to(ScalarType.Float32).data<float>().ToArray());
        var copy = zeros_like(rows);
        foreach (var each in MicroBatch.Split(5, 2)) each.Put(each.Of(rows), copy);
        Assert.True(rows.equal(copy).all().item<bool>());
    }

    [Fact]
    public void Channels_last_images_stay_so()
    {
        using var scope = NewDisposeScope();
        var views = rand(8, 5, 5, 3).permute(0, 3, 1, 2); // [2N, 3, 5, 5]
        Assert.Equal(views.stride(), new MicroBatch(1, 2).Of(views).stride());
    }
}
