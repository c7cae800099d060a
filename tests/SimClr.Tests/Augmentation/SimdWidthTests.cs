using System.Runtime.InteropServices;
using CsCheck;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Tests.Augmentation;

/// <summary>The same views from kernels of every width, in every format.</summary>
public class SimdWidthTests
{
    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    [Fact]
    public void Every_width_gives_the_same_views() =>
        Gen.Select(Gen.Int[1, 150], Gen.Int[1, 150], Gen.Int[1, 70], Gen.Bool, Gen.Int[0, 1 << 20]).Sample(
        (width, height, size, cubic, item) =>
        {
            var image = AugmentationPolicyTests.Noise(width, height);
            var policy = new AugmentationPolicy(size,
                new RandomResizedCrop { Interpolation = cubic ? Interpolation.Bicubic : Interpolation.Bilinear },
                AugmentationPolicy.Paper(size, blurProbability: 0.8).Transforms);
            var random = new CounterRandom(1, 0, item, 0, DrawPurpose.View);
            var parameters = policy.Draw(width, height, ref random);
            var views = Widths.Select(bits => Render(policy, image, parameters, PixelFormat.Default, bits)).ToArray();
            // Sums in another order differ by a float32 rounding or two per operation (6e-8), of which there are up to seven.
            foreach (var view in views)
                for (var i = 0; i < view.Length; i++) Assert.Equal(views[0][i], view[i], 2e-6f);
        }, iter: 300);

    [Fact]
    public void A_copy_is_the_nearest_quotient_at_every_width()
    {
        var image = new RgbImage(19, 5);
        for (var i = 0; i < 256; i++) image.Pixels[i] = (byte)i;
        foreach (var bits in Widths)
        {
            var view = Begin(image, bits).Finish();
            for (var i = 0; i < 256; i++) Assert.Equal(i / 255f, view.Plane(i % 3)[i / 3]);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 50)]
    [InlineData(17, 9)]
    [InlineData(64, 40)]
    public void Every_format_holds_the_same_numbers_and_nothing_is_written_behind(int width, int height)
    {
        var image = AugmentationPolicyTests.Noise(width, height);
        var normalization = Normalization.ImageNet;
        float[] mean = [normalization.Mean.Red, normalization.Mean.Green, normalization.Mean.Blue];
        float[] std = [normalization.Std.Red, normalization.Std.Green, normalization.Std.Blue];
        foreach (var bits in Widths)
            foreach (var type in Enum.GetValues<PixelType>())
                foreach (var layout in Enum.GetValues<PixelLayout>())
                {
                    var format = new PixelFormat(type, layout);
                    var memory = new byte[3 * width * height * format.ElementBytes + 64];
                    memory.AsSpan().Fill(0xA5);
                    Begin(image, bits).Store(normalization, format, memory.AsSpan(0, memory.Length - 64));
                    Assert.All(memory[^64..], b => Assert.Equal(0xA5, b));
                    for (var i = 0; i < image.Pixels.Length; i++)
                    {
                        var (pixel, channel) = (i / 3, i % 3);
                        var at = layout == PixelLayout.Planar ? channel * width * height + pixel : i;
                        var expected = (image.Pixels[i] / 255.0 - mean[channel]) / std[channel];
                        if (type == PixelType.Float32)
                            Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(memory)[at], 2e-6); // float32, up to 2.7
                        else // eight significant bits
                            Assert.Equal(expected, Widened(MemoryMarshal.Cast<byte, ushort>(memory)[at]),
                                Math.Abs(expected) / 255 + 1e-6);
                    }
                }
    }

    [Fact]
    public void BFloat16_is_rounded_to_the_nearest_and_ties_to_even()
    {
        (float Value, ushort Bits)[] cases =
        [
            (0f, 0), (1f, 0x3F80), (-1f, 0xBF80), (1 + 1 / 256f, 0x3F80), (1 + 3 / 256f, 0x3F82), (1 + 1.01f / 256, 0x3F81),
            (1 + 0.99f / 256, 0x3F80), (0.99999f, 0x3F80), (-2.5f, 0xC020), (1e-30f, 0x0DA2),
        ];
        foreach (var bits in Widths)
            foreach (var (value, expected) in cases)
                Assert.Equal(expected, Narrowed(value, bits));
    }

    [Theory]
    [InlineData(4000, 3000, 32)]
    [InlineData(3000, 4000, 37)]
    [InlineData(1, 3000, 16)]
    [InlineData(4000, 1, 16)]
    public void Large_and_thin_images_give_the_mean_of_what_each_pixel_covers(int width, int height, int size)
    {
        // A ramp: a symmetric filter gives its value at the output's center, away from the borders where the filter is cut.
        var image = new RgbImage(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                image.Pixels.Slice(3 * (y * width + x), 3).Fill((byte)(250 * (x + y) / (width + height)));
        foreach (var bits in Widths)
        {
            var renderer = new RenderScratch(bits).Renderer;
            renderer.Begin(image, 1, new CropBox(0, 0, height, width), size, size, new CropBox(0, 0, size, size),
                Interpolation.Bilinear);
            var red = renderer.Finish().Red;
            for (var y = 2; y < size - 2; y++)
                for (var x = 2; x < size - 2; x++)
                {
                    var place = (x + 0.5) * width / size + (y + 0.5) * height / size - 1;
                    // Bytes are cut off to whole numbers: half a step below on average, a whole step at most.
                    var level = 250 * place / (width + height);
                    Assert.InRange(red[y * size + x], (level - 1.1) / 255, (level + 0.1) / 255);
                }
        }
    }

    private static unsafe ushort Narrowed(float value, SimdWidth bits)
    {
        var result = stackalloc ushort[16];
        switch (bits)
        {
            case SimdWidth.Bits512: Lanes512.All(value).StoreBFloat16(result); break;
            case SimdWidth.Bits256: Lanes256.All(value).StoreBFloat16(result); break;
            default: Lanes128.All(value).StoreBFloat16(result); break;
        }
        for (var lane = 1; lane < (int)bits / 32; lane++) Assert.Equal(result[0], result[lane]);
        return result[0];
    }

    private static float Widened(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static ViewRenderer Begin(RgbImage image, SimdWidth bits)
    {
        var whole = new CropBox(0, 0, image.Height, image.Width);
        var renderer = new RenderScratch(bits).Renderer;
        renderer.Begin(image, 1, whole, image.Width, image.Height, whole, Interpolation.Bilinear);
        return renderer;
    }

    private static float[] Render(AugmentationPolicy policy, RgbImage image, AugmentationDraw parameters, PixelFormat format,
        SimdWidth bits)
    {
        var view = new float[policy.ViewLength];
        policy.Render(image, 1, parameters, MemoryMarshal.AsBytes(view.AsSpan()), format, new RenderScratch(bits));
        return view;
    }
}
