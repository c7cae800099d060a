using CsCheck;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

/// <summary>What holds for every transform there is, on views of any size.</summary>
public class EveryTransformTests
{
    private static readonly Transform[] All =
    [
        new HorizontalFlip { Probability = 1 },
        new ColorJitter { Probability = 1 },
        new Grayscale { Probability = 1 },
        new GaussianBlur { Probability = 1 },
        new Cutout(),
        new SobelFilter(),
        new GaussianNoise(),
        new Rotation(),
        new AutoAugment(),
        new AutoAugment { Policy = AutoAugmentPolicy.Cifar10 },
    ];

    public static TheoryData<string> Names => [.. All.Select(transform => transform.Name)];

    [Fact]
    public void No_transform_is_missing_here_and_names_are_different()
    {
        var kinds = typeof(Transform).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Transform)) && !t.IsAbstract);
        Assert.Equal(kinds.Select(t => t.Name).Order(), All.Select(t => t.GetType().Name).Distinct().Order());
        Assert.Equal(All.Length, All.Select(t => t.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Views_of_every_side_are_in_range_repeatable_and_free_of_what_was_before(string name)
    {
        var transform = All.Single(t => t.Name == name);
        var used = new RenderScratch();
        Gen.Select(Gen.Int[1, 64], Gen.Int[0, 1 << 20], Gen.Int[0, 2]).Sample((side, item, kind) =>
        {
            var policy = new AugmentationPolicy(side, null, [transform]);
            var image = Image(kind, side);
            var random = new CounterRandom(1, 0, item, 0, DrawPurpose.View);
            var parameters = policy.Draw(side, side, ref random);
            var (first, again) = (new float[policy.ViewLength], new float[policy.ViewLength]);
            policy.Render(image, parameters, first, new RenderScratch());
            policy.Render(image, parameters, again, used);
            // Weights of a blur sum to 1 only up to rounding; NaN is in no range.
            Assert.All(first, v => Assert.InRange(v, -1e-6f, 1 + 1e-6f));
            Assert.Equal(first, again);
        }, iter: 200, threads: 1); // a scratch is one thread's
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_warm_transform_allocates_nothing(string name)
    {
        var policy = new AugmentationPolicy(24, null, [All.Single(t => t.Name == name)]);
        var (image, scratch, view) = (AugmentationPolicyTests.Noise(24, 24), new RenderScratch(), new float[policy.ViewLength]);
        var parameters = policy.NewParameters();
        void Views(int count)
        {
            for (var item = 0; item < count; item++)
            {
                var random = new CounterRandom(3, 1, item, 1, DrawPurpose.View);
                policy.Draw(24, 24, ref random, parameters);
                policy.Render(image, parameters, view, scratch);
            }
        }
        Views(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Views(100);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(640, 3)]
    [InlineData(4000, 3000)]
    public void All_transforms_together_take_images_of_any_size(int width, int height)
    {
        var policy = new AugmentationPolicy(48, new RandomResizedCrop(), All);
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i * 7 ^ i >> 9);
        var scratch = new RenderScratch();
        var view = new float[policy.ViewLength];
        for (var item = 0; item < 10; item++)
        {
            var random = new CounterRandom(2, 0, item, 0, DrawPurpose.View);
            policy.Render(image, policy.Draw(width, height, ref random), view, scratch);
            Assert.All(view, v => Assert.InRange(v, 0f, 1f));
        }
    }

    [Theory]
    [InlineData(AutoAugmentPolicy.ImageNet)]
    [InlineData(AutoAugmentPolicy.Cifar10)]
    public void Pairs_are_equally_likely_and_their_operations_happen_as_often_as_the_table_says(AutoAugmentPolicy policy)
    {
        const int n = 100_000;
        var pairs = AutoAugmentTables.Of(policy);
        var (chosen, first, second, negative) = (new int[25], new int[25], new int[25], 0);
        for (var item = 0; item < n; item++)
        {
            var draw = TransformProbe.Draw<AutoAugmentDraw>(new AutoAugment { Policy = policy }, 32, item);
            chosen[draw.Pair]++;
            if (draw.FirstApplies) first[draw.Pair]++;
            if (draw.SecondApplies) second[draw.Pair]++;
            if (draw.FirstNegative) negative++;
            if (draw.SecondNegative) negative++;
        }
        for (var pair = 0; pair < 25; pair++)
        {
            SameShare(1.0 / 25, chosen[pair], n);
            SameShare(pairs[pair].First.Probability, first[pair], chosen[pair]);
            SameShare(pairs[pair].Second.Probability, second[pair], chosen[pair]);
        }
        SameShare(0.5, negative, 2 * n);
    }

    public static TheoryData<Transform, string> Invalid => new()
    {
        { new Cutout { Side = 0 }, "Cutout.Side must be above 0 and at most 1, got 0." },
        { new Cutout { Side = double.NaN }, "Cutout.Side must be above 0 and at most 1, got NaN." },
        { new Cutout { Fill = 1.5 }, "Cutout.Fill must be between 0 and 1, got 1.5." },
        { new GaussianNoise { SigmaMin = -1 }, "GaussianNoise.SigmaMin must be at least 0 and finite, got -1." },
        { new GaussianNoise { SigmaMax = 0 }, "GaussianNoise.SigmaMax must be finite and at least SigmaMin (0.05), got 0." },
        { new AutoAugment { Policy = (AutoAugmentPolicy)7 }, "AutoAugment.Policy must be ImageNet or Cifar10, got 7." },
        { new Rotation { Probability = -1 }, "Rotation.Probability must be between 0 and 1, got -1." },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void A_transform_names_the_option_out_of_bounds_with_bound_and_value(Transform transform, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new AugmentationPolicy(8, null, [transform])).Message);

    private static void SameShare(double expected, int count, int of) =>
        Assert.Equal(expected, count / (double)of, 5 * Math.Sqrt(expected * (1 - expected) / of)); // five standard errors

    private static RgbImage Image(int kind, int side)
    {
        if (kind == 0) return AugmentationPolicyTests.Noise(side, side);
        if (kind == 1) return GoldenImages.Make("smooth", side);
        var white = new RgbImage(side, side);
        white.Pixels.Fill(byte.MaxValue);
        return white;
    }
}
