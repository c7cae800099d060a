using SimClr.Numerics;

namespace SimClr.Tests.Numerics;

public class CounterRandomTests
{
    // Known-answer vectors of the Random123 distribution (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu,
        0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu,
        0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_words(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2,
        uint r3) =>
        Assert.Equal((r0, r1, r2, r3), CounterRandom.Philox(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Equal_coordinates_give_equal_streams_and_every_coordinate_matters()
    {
        static string Draw(ulong seed, int epoch, int item, int view, DrawPurpose purpose)
        {
            var random = new CounterRandom(seed, epoch, item, view, purpose);
            return string.Join(',', Enumerable.Range(0, 9).Select(_ => random.NextUInt32()));
        }
        var reference = Draw(1, 2, 3, 1, DrawPurpose.View);
        Assert.Equal(reference, Draw(1, 2, 3, 1, DrawPurpose.View));
        string[] others = [Draw(2, 2, 3, 1, DrawPurpose.View), Draw(1, 3, 3, 1, DrawPurpose.View),
            Draw(1, 2, 4, 1, DrawPurpose.View),
            Draw(1, 2, 3, 0, DrawPurpose.View), Draw(1, 2, 3, 1, DrawPurpose.Order),
            Draw(1UL << 32 | 1, 2, 3, 1, DrawPurpose.View)];
        Assert.Equal(others.Length, others.Append(reference).Distinct().Count() - 1);
    }

    [Fact]
    public void Uniform_and_normal_draws_have_their_moments()
    {
        var random = new CounterRandom(7, 0, 0, 0, DrawPurpose.View);
        const int n = 200_000;
        double sum = 0, normalSum = 0, normalSquares = 0;
        var counts = new int[7];
        for (var i = 0; i < n; i++)
        {
            sum += random.NextDouble();
            var normal = random.NextNormal();
            normalSum += normal;
            normalSquares += normal * normal;
            counts[random.NextInt32(7)]++;
        }
        // Five standard errors.
        Assert.Equal(0.5, sum / n, 5 * Math.Sqrt(1.0 / 12 / n));
        Assert.Equal(0, normalSum / n, 5 / Math.Sqrt(n));
        Assert.Equal(1, normalSquares / n, 5 * Math.Sqrt(2.0 / n));
        Assert.All(counts, c => Assert.Equal(n / 7.0, c, 5 * Math.Sqrt(n / 7.0)));
    }

    [Fact]
    public void Shuffle_reaches_every_order_equally_often()
    {
        var counts = new Dictionary<string, int>();
        for (var item = 0; item < 12_000; item++)
        {
            var random = new CounterRandom(3, 0, item, 0, DrawPurpose.Order);
            int[] order = [0, 1, 2, 3];
            random.Shuffle<int>(order);
            counts[string.Join("", order)] = counts.GetValueOrDefault(string.Join("", order)) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, c => Assert.Equal(500, c, 5 * Math.Sqrt(500)));
    }
}
