using SimClr.Numerics;
using SimClr.Reporting;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Reporting;

/// <summary>The map of vectors in two dimensions.</summary>
public sealed class TsneTests
{
    [Fact]
    public void Principal_axes_are_those_of_a_cross_of_points()
    {
        // Three orthonormal directions, far from the axes, about a mean that is not zero.
        double[][] directions = [[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]];
        double[] lengths = [1, 3, 2];
        var rows = new List<float>();
        foreach (var (direction, length) in directions.Zip(lengths))
            foreach (var sign in new[] { 1, -1 }) rows.AddRange(direction.Select(d => (float)(7 + sign * length * d / 2)));
        var places = PrincipalAxes.Project([.. rows], 6);
        double[] expected = [0, 0, 0, 0, 3, 0, -3, 0, 0, 2, 0, -2];
        // The second variance is (2/1)² of the third: 60 rounds leave 4^-60 of it.
        for (var k = 0; k < expected.Length; k++) Assert.Equal(Math.Abs(expected[k]), Math.Abs(places[k]), 1e-6);
        Assert.Equal(-places[4], places[6], 1e-6);
        Assert.Equal(-places[9], places[11], 1e-6);
    }

    [Fact]
    public void Vectors_that_do_not_vary_lie_in_one_place()
    {
        Assert.All(PrincipalAxes.Project([.. Enumerable.Repeat(2f, 20)], 5), place => Assert.Equal(0, place));
        Assert.All(Tsne.Embed([.. Enumerable.Repeat(2f, 200)], 50), place => Assert.True(double.IsFinite(place)));
        Assert.All(Tsne.Embed([1, 2, 3], 1), place => Assert.Equal(0, place));
    }

    [Fact]
    public void Affinities_have_the_wanted_number_of_neighbors()
    {
        // On a ring all vectors see the same, so a row of the joint probabilities is one of the conditional ones, divided by n.
        const int count = 90;
        var squares = new double[count * count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++) squares[i * count + j] = 2 - 2 * Math.Cos(2 * Math.PI * (i - j) / count);
        var joint = TsneAffinities.Compute(squares, count, perplexity: 12);
        Assert.Equal(1, joint.Sum(), 1e-9);
        for (var i = 0; i < count; i++)
        {
            var row = joint.Skip(i * count).Take(count).Select(p => count * p).ToArray();
            Assert.Equal(0, row[i]);
            Assert.Equal(12, Math.Exp(-row.Where(p => p > 0).Sum(p => p * Math.Log(p))), 1e-3); // to 1e-5 in the exponent
            for (var j = 0; j < count; j++) Assert.Equal(joint[j * count + i], joint[i * count + j]);
        }
    }

    [Fact]
    public void Forces_are_the_gradient_of_the_divergence()
    {
        const int count = 7;
        var random = new CounterRandom(3, 0, 0, 0, DrawPurpose.Shape);
        var places = new double[2 * count];
        for (var k = 0; k < places.Length; k++) places[k] = random.NextNormal();
        var squares = new double[count * count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < i; j++) squares[i * count + j] = squares[j * count + i] = 1 + random.NextDouble();
        var attraction = TsneAffinities.Compute(squares, count, 2);

        double Divergence()
        {
            var near = new double[count * count];
            for (var i = 0; i < count; i++)
                for (var j = 0; j < count; j++)
                    if (i != j)
                        near[i * count + j] = 1 / (1 + Math.Pow(places[2 * i] - places[2 * j], 2)
                            + Math.Pow(places[2 * i + 1] - places[2 * j + 1], 2));
            var sum = near.Sum();
            return attraction.Zip(near).Where(p => p.First > 0).Sum(p => p.First * Math.Log(p.First / (p.Second / sum)));
        }

        var gradient = new double[2 * count];
        Tsne.Descend(attraction, 1, places, new double[count * count], gradient);
        for (var k = 0; k < places.Length; k++)
        {
            const double step = 1e-5;
            var at = places[k];
            places[k] = at + step;
            var above = Divergence();
            places[k] = at - step;
            var below = Divergence();
            places[k] = at;
            Assert.Equal((above - below) / (2 * step), gradient[k], 1e-8); // central differences err by the step squared
        }
    }

    [Fact]
    public void Groups_that_are_apart_stay_apart_and_a_map_is_drawn_alike_each_time()
    {
        var features = Synthetic.Classes(400, 32, classes: 8, spread: 1.5);
        // Synthetic features have a common offset and unequal scales; cosines are about the origin.
        for (var i = 0; i < features.Values.Length; i++)
            features.Values[i] = (features.Values[i] - 3 - i % 32) / (1 + i % 32);
        var places = Tsne.Embed(features.Values, features.Count);
        Assert.Equal(places, Tsne.Embed(features.Values, features.Count));
        Assert.Equal(1, Purity(places, features.Labels, 10), 0.01);
        // Principal axes show no more than two of eight directions: the map must be better than what it begins with.
        Assert.True(Purity(PrincipalAxes.Project(features.Values, features.Count), features.Labels, 10) < 0.95);
    }

    /// <summary>Share of the nearest on the map that are of the same class.</summary>
    private static double Purity(double[] places, int[] labels, int nearest)
    {
        double Square(int i, int j) =>
            Math.Pow(places[2 * i] - places[2 * j], 2) + Math.Pow(places[2 * i + 1] - places[2 * j + 1], 2);
        return Enumerable.Range(0, labels.Length).Average(i => Enumerable.Range(0, labels.Length).Where(j => j != i)
            .OrderBy(j => Square(i, j)).Take(nearest).Average(j => labels[j] == labels[i] ? 1.0 : 0));
    }
}
