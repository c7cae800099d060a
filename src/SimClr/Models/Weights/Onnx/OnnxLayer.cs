namespace SimClr.Models;

/// <summary>A convolution with the batch norm after it, or with the bias that took up its batch norm.</summary>
/// <param name="Kernel"><c>[O, I, k, k]</c>.</param>
/// <param name="Stride">The stride, the same in both directions.</param>
/// <param name="Bias"><c>[O]</c>, or null where there is none.</param>
/// <param name="Norm">The batch norm's γ, β, mean and variance; null where there is none.</param>
/// <param name="Epsilon">The batch norm's ε.</param>
/// <param name="Output">The name of the result.</param>
internal sealed record OnnxLayer(
    OnnxTensor Kernel, int Stride, OnnxTensor? Bias, IReadOnlyList<OnnxTensor>? Norm, double Epsilon, string Output)
{
    /// <summary>Inputs I.</summary>
    public long Inputs => Kernel.Shape[1];

    /// <summary>Outputs O.</summary>
    public long Outputs => Kernel.Shape[0];

    /// <summary>Side k of the kernel.</summary>
    public long Side => Kernel.Shape[2];

    /// <summary>Reads a convolution, and the batch norm after it if there is one.</summary>
    /// <exception cref="WeightsException">It is none of a ResNet here.</exception>
    public static OnnxLayer Read(OnnxContent content, OnnxNode convolution)
    {
        if (convolution.Inputs.Count < 2 || content.Constant(convolution.Inputs[1]) is not { IsReal: true } kernel
            || kernel.Shape is not [_, _, var k, var l] || k != l)
            throw Unknown("has a convolution whose kernel is no constant square of numbers with a point");
        if (convolution.Number("group", 1) != 1) throw Unknown("looks like a ResNeXt or MobileNet, with grouped convolutions");
        if (convolution.List("dilations", 1, 1).Any(d => d != 1)) throw Unknown("has dilated convolutions");
        if (convolution.List("strides", 1, 1) is not [var stride, var across] || stride != across || stride is not (1 or 2))
            throw Unknown("has a convolution with another stride than 1 or 2");
        RequirePadding();
        var bias = convolution.Inputs.Count > 2 && convolution.Inputs[2] != "" ? content.Constant(convolution.Inputs[2]) : null;
        if (content.UsersOf(convolution.Output) is not [{ Operation: "BatchNormalization" } norm])
            return new OnnxLayer(kernel, (int)stride, bias, null, 0, convolution.Output);
        if (norm.Number("training_mode", 0) != 0) throw Unknown("has batch norms in training mode");
        OnnxTensor[] parts = [.. norm.Inputs.Skip(1).Select(content.Constant).OfType<OnnxTensor>()];
        if (parts.Length != 4) throw Unknown("has a batch norm whose statistics are no constants");
        return new OnnxLayer(kernel, (int)stride, bias, parts, norm.Singles.GetValueOrDefault("epsilon", 1e-5f), norm.Output);

        // With stride 2 on an even side, the last row of padding is never reached: some writers leave it out.
        void RequirePadding()
        {
            var half = k / 2;
            var mode = convolution.Texts.GetValueOrDefault("auto_pad", "NOTSET");
            var isKept = mode switch
            {
                "NOTSET" or "" => convolution.List("pads", 0, 0, 0, 0) is [var top, var left, var bottom, var right]
                    && top == half && left == half && IsEnd(bottom) && IsEnd(right),
                "VALID" => k == 1,
                _ => stride == 1 || k == 1,
            };
            if (!isKept)
                throw Unknown($"pads a convolution of {k}x{k} with stride {stride} in another way than a ResNet here does"
                    + (mode is "NOTSET" or "" ? "" : $" ({mode}, as TensorFlow)"));

            bool IsEnd(long end) => end == half || (stride == 2 && end == half - 1);
        }

        WeightsException Unknown(string what) => WeightsException.For(content.Path, what);
    }

    /// <summary>The layer's tensors under torchvision's names.</summary>
    /// <param name="channels">What the kernel takes of the image, for the first layer; null for the others.</param>
    /// <returns>Kernel <c>[O, I, k, k]</c> and the batch norm's γ, β, mean and variance <c>[O]</c>.</returns>
    /// <remarks>
    /// A batch norm of another ε gets another γ. A folded one gets γ = √(1 + ε), β the bias, mean 0 and variance 1. Constant
    /// shifts of the image count as everywhere inside, though zeros of the padding have none.
    /// </remarks>
    public OnnxLayerTensors Tensors(IReadOnlyList<InputChannel>? channels = null)
    {
        var kernel = Kernel.Singles();
        var count = (int)Outputs;
        var offset = new double[count]; // what the convolution gives more
        if (channels is not null) kernel = Turned(kernel, channels, offset);
        if (Bias is not null)
            foreach (var (i, value) in Bias.Singles().Take(count).Index()) offset[i] += value;
        if (Norm is null)
        {
            var unit = (float)Math.Sqrt(1 + BatchNormalization.Epsilon);
            float[] shifts = [.. offset.Select(value => (float)value)];
            return new(kernel, Filled(count, unit), shifts, new float[count], Filled(count, 1));
        }
        var (scale, shift, mean, variance) = (Norm[0].Singles(), Norm[1].Singles(), Norm[2].Singles(), Norm[3].Singles());
        var ours = BatchNormalization.Epsilon;
        if (Math.Abs(Epsilon - ours) > 1e-9)
            scale = [.. scale.Zip(variance, (s, v) => (float)(s * Math.Sqrt((v + ours) / (v + Epsilon))))];
        return new(kernel, scale, shift, [.. mean.Zip(offset, (m, more) => (float)(m - more))], variance);
    }

    /// <summary>The kernel for red, green and blue of an image that is not yet scaled.</summary>
    private float[] Turned(float[] kernel, IReadOnlyList<InputChannel> channels, double[] offset)
    {
        var turned = new float[kernel.Length];
        var area = (int)(Side * Side);
        for (var o = 0; o < Outputs; o++)
            for (var i = 0; i < channels.Count; i++)
                for (var p = 0; p < area; p++)
                {
                    var value = kernel[(o * channels.Count + i) * area + p];
                    turned[(o * channels.Count + channels[i].Source) * area + p] += (float)(value * channels[i].Scale);
                    offset[o] += value * channels[i].Shift;
                }
        return turned;
    }

    private static float[] Filled(int count, float value)
    {
        var filled = new float[count];
        Array.Fill(filled, value);
        return filled;
    }
}

/// <summary>The tensors of a convolution <c>[O, I, k, k]</c> and its batch norm <c>[O]</c>, row after row.</summary>
internal sealed record OnnxLayerTensors(float[] Kernel, float[] Scale, float[] Shift, float[] Mean, float[] Variance);
