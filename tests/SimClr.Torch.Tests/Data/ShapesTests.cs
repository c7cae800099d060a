using System.Numerics;
using System.Security.Cryptography;
using SimClr.Data;
using SimClr.Images;
using SimClr.Native;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Data;

public class ShapesTests
{
    public ShapesTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Equal_seeds_give_equal_pixels_in_any_order()
    {
        var first = new Shapes(50, 32, ShapesPart.Train, seed: 9);
        var again = new Shapes(1000, 32, ShapesPart.Train, seed: 9);
        for (var i = 49; i >= 0; i--) Assert.Equal(again.Load(i).Pixels, first.Load(i).Pixels);
    }

    [Fact]
    public void Seeds_and_parts_give_different_images()
    {
        var digests = new HashSet<string>();
        foreach (var part in Enum.GetValues<ShapesPart>())
            foreach (var seed in (ulong[])[0, 1])
                for (var i = 0; i < 500; i++)
                    digests.Add(Convert.ToHexString(SHA256.HashData(new Shapes(500, 16, part, seed).Load(i).Pixels)));
        Assert.Equal(2000, digests.Count);
    }

    [Fact]
    public void Labels_are_balanced_and_parts_have_their_sizes()
    {
        var (train, test) = Shapes.Open(1000, 32);
        Assert.Equal((1000, 200, 10), (train.Count, test.Count, train.ClassNames.Count));
        Assert.Equal(100, Shapes.Open(20).Test.Count);
        Assert.All(Enumerable.Range(0, 1000).CountBy(train.Label), pair => Assert.Equal(100, pair.Value));
        Assert.NotEqual(train.Fingerprint, new Shapes(1000, 32, ShapesPart.Test, 0).Fingerprint);
        Assert.NotEqual(train.Fingerprint, Shapes.Open(1000, 33).Train.Fingerprint);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shapes(10, 7, ShapesPart.Train, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => train.Load(1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => train.Label(-1));
    }

    [Fact]
    public void A_scene_looks_the_same_at_twice_the_size()
    {
        // Averaged over the frame only the noise (at most ±4 %, independent) and the sampling of edges differ.
        for (var i = 0; i < 20; i++)
        {
            var small = new Shapes(20, 64, ShapesPart.Train, 3).Load(i).Pixels.ToArray().Average(value => (double)value);
            var large = new Shapes(20, 128, ShapesPart.Train, 3).Load(i).Pixels.ToArray().Average(value => (double)value);
            Assert.Equal(small, large, 0.5);
        }
    }

    [Fact]
    public void Outlines_have_their_closed_form_areas()
    {
        // Counted on a grid of 400 x 400; an outline of length L is off by a few cells times its ragged rim.
        Assert.Equal(Math.PI, ShapeOutline.Of(ShapeKind.Disc).Area, 5e-3);
        Assert.Equal(Math.PI * (1 - 0.58 * 0.58), ShapeOutline.Of(ShapeKind.Ring).Area, 1e-2);
        Assert.Equal(4, ShapeOutline.Of(ShapeKind.Square).Area, 1e-6);
        Assert.Equal(3 * Math.Sqrt(3) / 4, ShapeOutline.Of(ShapeKind.Triangle).Area, 1e-2);
        Assert.Equal(5 * 0.45 * Math.Sin(Math.PI / 5), ShapeOutline.Of(ShapeKind.Star).Area, 1e-2);
        Assert.Equal(4 * 0.34 * 2 - 4 * 0.34 * 0.34, ShapeOutline.Of(ShapeKind.Cross).Area, 2e-2);
        Assert.Equal(4 * (0.1 + 0.45), ShapeOutline.Of(ShapeKind.Hourglass).Area, 2e-2);
    }

    [Fact]
    public void The_shape_covers_an_equal_share_of_the_frame_in_every_class()
    {
        // Scenes are drawn with the same area for every class; what leaves the frame or falls between pixels must be little.
        for (var kind = 0; kind < 10; kind++)
        {
            double covered = 0;
            var pixels = new byte[3 * 32 * 32];
            for (var i = 0; i < 200; i++)
            {
                var random = new CounterRandom(2, 0, i, 0, DrawPurpose.Shape);
                var scene = ShapeScene.Draw((ShapeKind)kind, ref random) with
                {
                    Background = Vector3.Zero,
                    Pattern = Vector3.Zero,
                    Foreground = Vector3.One,
                    Light = default,
                    Noise = 0,
                    Stroke = null,
                };
                ShapeRenderer.Render(scene, 32, ref random, pixels);
                covered += pixels.Average(value => value / 255.0) / 200;
            }
            Assert.Equal(0.22, covered, 0.01); // areas are uniform in 0.16..0.28
        }
    }

    [Fact]
    public void Color_statistics_reveal_nothing_about_the_class()
    {
        var (train, test) = Shapes.Open(2500, 32, seed: 1);
        // Chance is 10 %; of 500 test images 15 % is 3.7 standard errors above it.
        var linear = SoftmaxAccuracy(Histograms(train), Labels(train), Histograms(test), Labels(test));
        var nearest = NearestNeighborAccuracy(Histograms(train), Labels(train), Histograms(test), Labels(test));
        TestContext.Current.SendDiagnosticMessage("color histograms: linear {0:P1}, nearest neighbors {1:P1}", linear, nearest);
        Assert.InRange(linear, 0, 0.15);
        Assert.InRange(nearest, 0, 0.15);
    }

    [Fact]
    public void Raw_pixels_reveal_little_to_a_linear_classifier()
    {
        var (train, test) = Shapes.Open(1500, 32, seed: 1);
        var linear = SoftmaxAccuracy(Pixels(train), Labels(train), Pixels(test), Labels(test));
        TestContext.Current.SendDiagnosticMessage("raw pixels: linear {0:P1}", linear);
        Assert.InRange(linear, 0, 0.35);
    }

    [Fact]
    public void The_classifiers_of_these_tests_see_a_class_where_there_is_one()
    {
        var (train, test) = Shapes.Open(500, 8);
        static double[] Mark(int label) => [.. Enumerable.Range(0, 10).Select(k => k == label ? 1.0 : 0)];
        static double[][] Betrayed(IImageDataset part) =>
            [.. Histograms(part).Select((bins, i) => (double[])[.. bins, .. Mark(part.Label(i))])];
        Assert.InRange(SoftmaxAccuracy(Betrayed(train), Labels(train), Betrayed(test), Labels(test)), 0.95, 1);
        Assert.InRange(NearestNeighborAccuracy(Betrayed(train), Labels(train), Betrayed(test), Labels(test)), 0.95, 1);
    }

    /// <summary>Shares of the 4 x 4 x 4 colors and of 16 levels per channel, <c>[N, 112]</c>.</summary>
    private static double[][] Histograms(IImageDataset part) => Each(part, image =>
    {
        var bins = new double[64 + 3 * 16];
        var pixels = image.Pixels.ToArray();
        for (var i = 0; i < pixels.Length; i += 3)
        {
            bins[(pixels[i] >> 6) * 16 + (pixels[i + 1] >> 6) * 4 + (pixels[i + 2] >> 6)]++;
            for (var channel = 0; channel < 3; channel++) bins[64 + 16 * channel + (pixels[i + channel] >> 4)]++;
        }
        return [.. bins.Select(count => 3 * count / pixels.Length)];
    });

    private static double[][] Pixels(IImageDataset part) =>
        Each(part, image => [.. image.Pixels.ToArray().Select(value => value / 255.0)]);

    private static double[][] Each(IImageDataset part, Func<RgbImage, double[]> features) =>
        [.. Enumerable.Range(0, part.Count).Select(i => features(part.Load(i)))];

    private static long[] Labels(IImageDataset part) => [.. Enumerable.Range(0, part.Count).Select(i => (long)part.Label(i))];

    /// <summary>
    /// Multinomial logistic regression in float64: standardized features, weight decay, accelerated gradient descent. The
    /// weights are sums of training rows throughout, W = xᵀa, so the descent runs on a and sees x only through xxᵀ.
    /// </summary>
    private static double SoftmaxAccuracy(double[][] train, long[] trainLabels, double[][] test, long[] testLabels)
    {
        using var scope = NewDisposeScope();
        var raw = Matrix(train);
        var (mean, deviation) = (raw.mean([0L]), raw.std(0) + 1e-9);
        var x = (raw - mean) / deviation; // [N, D]
        var products = x.mm(x.t()); // [N, N]
        var target = nn.functional.one_hot(tensor(trainLabels), 10).to(float64); // [N, 10]
        var (a, velocity) = (zeros_like(target), zeros_like(target));
        var rate = 2.0 / x.shape[1];
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            var ahead = a + 0.9 * velocity;
            var gradient = (softmax(products.mm(ahead), 1) - target) / train.Length + 1e-3 * ahead; // [N, 10]
            velocity.mul_(0.9).sub_(rate * gradient);
            a.add_(velocity);
        }
        var predicted = ((Matrix(test) - mean) / deviation).mm(x.t()).mm(a).argmax(1); // [M]
        return predicted.eq(tensor(testLabels)).to(float64).mean().item<double>();
    }

    /// <summary>Majority of the 20 nearest by Euclidean distance.</summary>
    private static double NearestNeighborAccuracy(double[][] train, long[] trainLabels, double[][] test, long[] testLabels)
    {
        using var scope = NewDisposeScope();
        var (_, neighbors) = cdist(Matrix(test), Matrix(train)).topk(20, largest: false); // [M, 20]
        var votes = zeros(test.Length, 10, float64);
        votes.scatter_add_(1, tensor(trainLabels)[neighbors], ones(test.Length, 20, float64)); // [M, 10]
        return votes.argmax(1).eq(tensor(testLabels)).to(float64).mean().item<double>();
    }

    private static Tensor Matrix(double[][] rows)
    {
        var width = rows[0].Length;
        var flat = new double[rows.Length * width];
        for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(flat, i * width);
        return tensor(flat).reshape(rows.Length, width);
    }
}
