using System.Security.Cryptography;
using System.Text.Json;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Augmentation;

/// <summary>AutoAugment against torchvision's on Pillow's images (<c>autoaugment.py</c>): every byte is the same.</summary>
public class AutoAugmentParityTests
{
    private static readonly JsonElement Index = Golden.Json("autoaugment.json");
    private static readonly int[] Sides = [.. Index.GetProperty("sides").EnumerateArray().Select(s => s.GetInt32())];

    [Fact]
    public void The_images_are_those_of_the_script()
    {
        foreach (var image in Index.GetProperty("pictures").EnumerateObject())
            foreach (var (side, digest) in Sides.Zip(image.Value.EnumerateArray()))
                Assert.Equal(digest.GetString(), Digest(Planar(GoldenImages.Make(image.Name, side).Pixels.ToArray())));
    }

    [Fact]
    public void A_few_results_are_torchvisions_byte_for_byte()
    {
        var arrays = Golden.Arrays("autoaugment.safetensors");
        var names = arrays.Names.ToArray();
        Assert.Equal(86, names.Length);
        foreach (var name in names)
        {
            var parts = name.Split('.'); // operation, level, sign, image, side
            var image = GoldenImages.Make(parts[3], int.Parse(parts[4]));
            var actual = Apply(parts[0], int.Parse(parts[1]), parts[2] == "-", image);
            var different = actual.Zip(arrays.UInt8(name)).Count(pair => pair.First != pair.Second);
            Assert.True(different == 0, $"{name}: {different} of {actual.Length} bytes differ");
        }
    }

    [Fact]
    public void Every_operation_at_every_level_sign_and_size_is_torchvisions()
    {
        var failed = new List<string>();
        var checks = 0;
        foreach (var test in Index.GetProperty("operations").EnumerateArray())
        {
            var (name, level) = (test.GetProperty("operation").GetString()!, test.GetProperty("level").GetInt32());
            var negative = test.GetProperty("negative").GetBoolean();
            foreach (var image in test.GetProperty("digests").EnumerateObject())
                foreach (var (side, digest) in Sides.Zip(image.Value.EnumerateArray()))
                {
                    checks++;
                    if (Digest(Apply(name, level, negative, GoldenImages.Make(image.Name, side))) != digest.GetString())
                        failed.Add($"{name} {level} {(negative ? '-' : '+')} {image.Name} {side}");
                }
        }
        Assert.True(failed.Count == 0, $"{failed.Count} of {checks} differ: {string.Join(", ", failed)}");
        Assert.Equal(203 * 2 * 8, checks);
    }

    [Theory]
    [InlineData(AutoAugmentPolicy.ImageNet, "imagenet")]
    [InlineData(AutoAugmentPolicy.Cifar10, "cifar10")]
    public void Every_pair_is_torchvisions_in_operations_probabilities_levels_and_results(AutoAugmentPolicy policy, string name)
    {
        var pairs = AutoAugmentTables.Of(policy).ToArray();
        var reference = Index.GetProperty("policies").GetProperty(name);
        Assert.Equal((25, 25), (pairs.Length, reference.GetArrayLength()));
        for (var pair = 0; pair < pairs.Length; pair++)
        {
            var steps = reference[pair].GetProperty("steps");
            Assert.Equal(Step(steps[0]), pairs[pair].First);
            Assert.Equal(Step(steps[1]), pairs[pair].Second);
            for (var mask = 0; mask < 16; mask++)
            {
                var draw = new AutoAugmentDraw(pair, (mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0, (mask & 8) != 0);
                var digests = reference[pair].GetProperty("draws")[mask];
                Assert.Equal((draw, digests[0].GetString()), (draw, Whole(policy, draw, GoldenImages.Make("noise", 32))));
                Assert.Equal((draw, digests[1].GetString()), (draw, Whole(policy, draw, GoldenImages.Make("smooth", 37))));
            }
        }
    }

    [Fact]
    public void Magnitudes_are_torchvisions()
    {
        foreach (var bySide in Index.GetProperty("magnitudes").EnumerateObject())
            foreach (var scale in bySide.Value.EnumerateObject())
                for (var level = 0; level < scale.Value.GetArrayLength(); level++)
                {
                    var side = int.Parse(bySide.Name);
                    var (ours, theirs) = (
                        AutoAugmentStep.Magnitude(Enum.Parse<AutoAugmentOperation>(scale.Name), level, side, side),
                        scale.Value[level].GetDouble());
                    // torch.linspace rounds differently by processor, in the last bit of a float32.
                    Assert.Equal(theirs, ours, Math.Abs(theirs) * 1.2e-7);
                    Assert.Equal((int)theirs, (int)ours);
                }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    [InlineData(37)]
    public void Without_an_operation_a_view_is_rounded_to_the_nearest_bytes(int side)
    {
        var (noise, nothing) = (new GaussianNoiseDraw(0.3f, 5), new AutoAugmentDraw(0, false, false, true, true));
        var policy = new AugmentationPolicy(side, null, [new GaussianNoise(), new AutoAugment()]);
        var parameters = policy.NewParameters();
        parameters.Crop = new CropBox(0, 0, side, side);
        parameters.Set(0, noise);
        parameters.Set(1, nothing);
        var view = new float[policy.ViewLength];
        policy.Render(GoldenImages.Make("smooth", side), parameters, view, new RenderScratch());
        var exact = TransformProbe.Apply(new GaussianNoise(), GoldenImages.Make("smooth", side), noise);
        for (var i = 0; i < view.Length; i++) Assert.Equal(MathF.Floor(exact[i] * 255f + 0.5f) / 255f, view[i]);
    }

    private static byte[] Apply(string operation, int level, bool negative, RgbImage image)
    {
        var view = TransformProbe.Floats(image);
        var bytes = new ByteImage(view, new FloatImage());
        new AutoAugmentStep(Enum.Parse<AutoAugmentOperation>(operation), 1, level).Apply(ref bytes, negative);
        return bytes.Pixels.ToArray();
    }

    private static string Whole(AutoAugmentPolicy policy, AutoAugmentDraw draw, RgbImage image) =>
        Digest(Planar(TransformProbe.ApplyBytes(new AutoAugment { Policy = policy }, image, draw)));

    private static AutoAugmentStep Step(JsonElement step)
    {
        var level = step.GetProperty("level");
        return new AutoAugmentStep(
            Enum.Parse<AutoAugmentOperation>(step.GetProperty("operation").GetString()!),
            step.GetProperty("probability").GetDouble(),
            level.ValueKind == JsonValueKind.Null ? 0 : level.GetInt32());
    }

    /// <summary><c>[H, W, 3]</c> to <c>[3, H, W]</c>.</summary>
    private static byte[] Planar(byte[] pixels) =>
        [.. Enumerable.Range(0, 3).SelectMany(channel => pixels.Where((_, i) => i % 3 == channel))];

    private static string Digest(byte[] planes) => Convert.ToHexStringLower(SHA256.HashData(planes).AsSpan(0, 8));
}
