namespace SimClr.Models;

/// <summary>Tells from names and shapes alone which residual network a file holds.</summary>
internal static class ResNetShape
{
    /// <summary>The network in words: <c>resnet50 of width 2 with selective kernels and the ImageNet stem</c>.</summary>
    public static string Describe(ResNetOptions options)
    {
        var width = options.Width == 1 ? "" : FormattableString.Invariant($" of width {options.Width}");
        var kernels = options.SelectiveKernels ? "selective kernels and " : "";
        return $"{options.Name}{width} with {kernels}the {(options.Stem == StemKind.Cifar ? "CIFAR" : "ImageNet")} stem";
    }

    /// <summary>The network that a file's tensors describe.</summary>
    /// <exception cref="WeightsException">It is none that this library has; the message says what it looks like.</exception>
    public static ResNetOptions Recognize(SafeTensorsFile file, EncoderNames names)
    {
        var isDeep = names.Sources.ContainsKey("conv1.6.weight");
        if (Shape(isDeep ? "conv1.6.weight" : "conv1.weight") is not [var stem, _, _, _]
            || Shape(isDeep ? "conv1.0.weight" : "conv1.weight") is not [_, var inputs, var kernel, _])
            throw Unknown("a network with another stem: conv1 is neither one convolution nor three");
        if (inputs != 3) throw Unknown($"a network for images of {inputs} channels; here they have 3");
        if (kernel is not (3 or 7))
            throw Unknown($"a ResNet with a stem of {kernel}x{kernel}; known are 3x3 (CIFAR) and 7x7 (ImageNet)");
        if (names.Sources.Keys.FirstOrDefault(IsForeign) is { } foreign)
            throw Unknown($"a relative of ResNet with parts that are not known here, such as {foreign}");
        var isSelective = names.Sources.ContainsKey("layer1.0.select.conv1.weight");
        if (isDeep && !isSelective)
            throw Unknown(
                "a ResNet-D (timm's 'd' variants): its stem of three convolutions is known with selective kernels only");
        if (isSelective && !isDeep && kernel == 7)
            throw Unknown("a network with selective kernels behind a stem of 7x7; known are one or three convolutions of 3x3");

        int[] blocks = [.. Enumerable.Range(1, 4).Select(CountBlocks)];
        var bottlenecks = names.Sources.ContainsKey("layer1.0.conv3.weight");
        if (isSelective && !bottlenecks) throw Unknown("a network with selective kernels in basic blocks; known are bottlenecks");
        if (Shape("layer1.0.conv2.weight") is [var outputs, var group, _, _])
        {
            var channels = isSelective ? outputs / 2 : outputs; // those of two streams
            if (group < channels) throw Unknown("a ResNeXt, with grouped convolutions");
            if (channels != stem)
                throw Unknown($"a wide ResNet: {channels} channels inside its first blocks behind a stem of {stem}");
        }

        var options = ResNetOptions.Names.Select(name => new ResNetOptions { Name = name }).FirstOrDefault(known =>
            known.Bottlenecks == bottlenecks && known.Blocks.SequenceEqual(blocks));
        if (options is null)
            throw Unknown($"a ResNet of {string.Join("-", blocks)} {(bottlenecks ? "bottleneck" : "basic")} blocks; "
                + $"known are {string.Join(", ", ResNetOptions.Names)}");
        if (stem is < 16 or > 256) throw Unknown($"{options.Name} with {stem} channels in its stem; known are 16 to 256");
        return options with
        {
            Width = stem / 64.0,
            Stem = kernel == 3 && !isDeep ? StemKind.Cifar : StemKind.ImageNet,
            SelectiveKernels = isSelective,
        };

        IReadOnlyList<long>? Shape(string name) => names.Sources.TryGetValue(name, out var source) ? file.Shape(source) : null;

        int CountBlocks(int stage)
        {
            var count = 0;
            while (names.Sources.ContainsKey($"layer{stage}.{count}.conv1.weight")) count++;
            return count;
        }

        WeightsException Unknown(string what) => WeightsException.For(file.Path, $"looks like {what}");
    }

    /// <summary>Whether a name within the encoder belongs to no ResNet here: squeeze-and-excitation, a bias, ….</summary>
    private static bool IsForeign(string name)
    {
        var parts = name.Split('.');
        return (parts[0].StartsWith("layer", StringComparison.Ordinal), parts) switch
        {
            (false, [_, var field]) => !IsField(parts[0], field),
            (false, ["conv1", "0" or "3" or "6", var field]) => !IsField("conv", field),
            (false, ["conv1", "1" or "4", var field]) => !IsField("bn", field),
            (true, [_, _, "downsample", "0", var field]) => !IsField("conv", field),
            (true, [_, _, "downsample", "1", var field]) => !IsField("bn", field),
            (true, [_, _, "select", var module, var field]) => !IsField(module, field),
            (true, [_, _, var module, var field]) => !IsField(module, field),
            _ => true,
        };
    }

    private static bool IsField(string module, string field) =>
        module.StartsWith("conv", StringComparison.Ordinal) ? field == "weight"
        : module.StartsWith("bn", StringComparison.Ordinal) && field is "weight" or "bias" or "running_mean" or "running_var";
}
