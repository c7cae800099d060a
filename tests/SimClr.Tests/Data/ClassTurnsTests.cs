using SimClr.Data;

namespace SimClr.Tests.Data;

public sealed class ClassTurnsTests
{
    [Fact]
    public void Classes_take_turns_and_the_order_within_a_rank_is_that_of_the_items()
    {
        int[] classes = [0, 0, 0, -1, 1, 1];
        Assert.Equal([(5, 1), (2, 1), (3, 1), (0, 2), (4, 2), (1, 3)],
            ClassTurns.Ranked([5, 2, 0, 1, 3, 4], item => classes[item]));
    }

    [Fact]
    public void Images_come_once_each_and_in_the_same_order_for_the_same_seed()
    {
        var shapes = DatasetSource.Open("shapes:40", 8).Train;
        int[] Order(ulong seed) => [.. RandomImages.Load(shapes, seed).Select(one => one.Index)];
        Assert.Equal(Enumerable.Range(0, shapes.Count), Order(3).Order());
        Assert.Equal(Order(3), Order(3));
        Assert.NotEqual(Order(3), Order(4));
        Assert.All(RandomImages.Load(shapes, 3).Take(3), one => Assert.Equal((8, null), (one.Image!.Width, one.Reason)));
    }
}
