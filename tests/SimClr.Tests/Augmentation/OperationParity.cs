using System.Runtime.InteropServices;
using System.Text.Json;
using SimClr.Augmentation;
using SimClr.Images;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Augmentation;

/// <summary>Runs the golden cases of <c>image_ops.json</c>: torchvision 0.14's own outputs, on tensors, in float32.</summary>
internal sealed class OperationParity
{
    private readonly JsonElement _index = Golden.Json("image_ops.json");
    private readonly Golden _arrays;
    private readonly string _file;
    private readonly RenderScratch _scratch; // shared by all cases, so that leftovers of one would show in the next

    public OperationParity(string file, Golden arrays, SimdWidth width) =>
        (_file, _arrays, _scratch) = (file, arrays, new RenderScratch(width));

    /// <summary>Compares every single operation; returns how many cases were run.</summary>
    public int CheckOperations()
    {
        var run = 0;
        foreach (var test in _index.GetProperty("cases").EnumerateArray().Where(c => Text(c, "file") == _file))
        {
            var name = Text(test, "out");
            var expected = _arrays.Float32(name);
            var actual = Run(test);
            // Both sides round in float32: torchvision itself is up to 2e-6 away from float64, resizing being the worst.
            var tolerance = Text(test, "op") switch
            {
                "normalize" => 2e-5,
                "resized_crop_bilinear" or "resized_crop_bicubic" => 1e-5,
                _ => 5e-6,
            };
            Same(expected, actual.AsSpan(0, expected.Length), tolerance, name); // one-channel gray is our first channel
            run++;
        }
        return run;
    }

    /// <summary>Compares whole views; returns how many were run.</summary>
    public int CheckPipelines()
    {
        var run = 0;
        foreach (var test in _index.GetProperty("pipelines").EnumerateArray().Where(c => Text(c, "file") == _file))
        {
            var normalize = test.GetProperty("normalize");
            var policy = new AugmentationPolicy(
                test.GetProperty("size").GetInt32(),
                new RandomResizedCrop
                {
                    Interpolation = Enum.Parse<Interpolation>(Text(test, "interpolation"),
                    ignoreCase: true)
                },
                [new HorizontalFlip(), new ColorJitter(), new Grayscale(), new GaussianBlur()],
                normalize.ValueKind == JsonValueKind.Null
                    ? null
                    : new Normalization(Channels(normalize[0]), Channels(normalize[1])));
            Assert.Equal(test.GetProperty("blur_kernel").GetInt32(), GaussianBlur.KernelSize(policy.ImageSize));
            var view = new float[policy.ViewLength];
            policy.Render(Image(test), Parameters(policy, test), view, _scratch);
            // Errors of single operations add up; torchvision itself is 4e-6 away from float64.
            Same(_arrays.Float32(Text(test, "out")), Planar(view), 2e-5, Text(test, "out"));
            run++;
        }
        return run;
    }

    private float[] Run(JsonElement test)
    {
        var image = Image(test);
        var (width, height) = (image.Width, image.Height);
        var whole = new CropBox(0, 0, height, width);
        var renderer = _scratch.Renderer;
        renderer.Begin(image, 1, whole, width, height, whole, Interpolation.Bilinear);
        switch (Text(test, "op"))
        {
            case "adjust_brightness": renderer.Adjust(PointKind.Brightness, Float(test, "factor")); break;
            case "adjust_contrast": renderer.Adjust(PointKind.Contrast, Float(test, "factor")); break;
            case "adjust_saturation": renderer.Adjust(PointKind.Saturation, Float(test, "factor")); break;
            case "adjust_hue": renderer.Adjust(PointKind.Hue, Float(test, "factor")); break;
            case "grayscale": renderer.Adjust(PointKind.Grayscale); break;
            case "hflip": renderer.Flip(); break;
            case "gaussian_blur":
                renderer.Blur(test.GetProperty("kernel_size").GetInt32(), Float(test, "sigma"));
                break;
            case "resized_crop_bilinear": return Resize(test, image, Interpolation.Bilinear);
            case "resized_crop_bicubic": return Resize(test, image, Interpolation.Bicubic);
            case "normalize":
                var view = new float[image.Pixels.Length];
                var normalization = new Normalization(Channels(test.GetProperty("mean")), Channels(test.GetProperty("std")));
                var planar = new PixelFormat(PixelType.Float32, PixelLayout.Planar);
                renderer.Store(normalization, planar, MemoryMarshal.AsBytes(view.AsSpan()));
                return view;
            default: throw new InvalidDataException(Text(test, "op"));
        }
        return Planes(renderer.Finish());
    }

    private float[] Resize(JsonElement test, RgbImage image, Interpolation interpolation)
    {
        int Get(string name) => test.GetProperty(name).GetInt32();
        var box = new CropBox(Get("top"), Get("left"), Get("height"), Get("width"));
        var whole = new CropBox(0, 0, Get("size"), Get("size"));
        _scratch.Renderer.Begin(image, 1, box, whole.Width, whole.Height, whole, interpolation, clamp: false);
        return Planes(_scratch.Renderer.Finish());
    }

    private static AugmentationDraw Parameters(AugmentationPolicy policy, JsonElement test)
    {
        var crop = test.GetProperty("crop");
        var order = test.GetProperty("order");
        ColorOperation Operation(int position) => (ColorOperation)order[position].GetInt32();
        var parameters = policy.NewParameters();
        parameters.Crop = new CropBox(crop[0].GetInt32(), crop[1].GetInt32(), crop[2].GetInt32(), crop[3].GetInt32());
        if (test.GetProperty("flip").GetBoolean()) parameters.Set(0, 0);
        if (test.GetProperty("jitter").GetBoolean())
            parameters.Set(1, new ColorJitterDraw(Float(test, "brightness"), Float(test, "contrast"), Float(test, "saturation"),
                Float(test, "hue"), new ColorOrder(Operation(0), Operation(1), Operation(2), Operation(3))));
        if (test.GetProperty("gray").GetBoolean()) parameters.Set(2, 0);
        if (test.GetProperty("blur_sigma").ValueKind != JsonValueKind.Null) parameters.Set(3, Float(test, "blur_sigma"));
        return parameters;
    }

    private RgbImage Image(JsonElement test)
    {
        var array = Text(_index.GetProperty("images").GetProperty(Text(test, "image")), "array");
        var (planes, shape) = (_arrays.UInt8(array), _arrays.Shape(array)); // [3, H, W]
        var image = new RgbImage((int)shape[2], (int)shape[1]);
        var size = image.Width * image.Height;
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = planes[i % 3 * size + i / 3];
        return image;
    }

    private static float[] Planes(FloatImage image) => [.. image.Red, .. image.Green, .. image.Blue];

    /// <summary><c>[H, W, 3]</c> to <c>[3, H, W]</c>.</summary>
    private static float[] Planar(float[] view)
    {
        var result = new float[view.Length];
        for (var i = 0; i < view.Length; i++) result[i % 3 * (view.Length / 3) + i / 3] = view[i];
        return result;
    }

    private static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++) worst = Math.Max(worst, Math.Abs((double)expected[i] - actual[i]));
        Assert.True(worst <= tolerance, $"{name}: off by {worst:g3}, allowed {tolerance:g3}");
    }

    private static ChannelValues Channels(JsonElement values) =>
        new(values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle());

    private static float Float(JsonElement element, string name) => element.GetProperty(name).GetSingle();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
