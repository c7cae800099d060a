using SimClr.Augmentation;

namespace SimClr.Models;

/// <summary>
/// What a network in an ONNX file takes, where its graph does not say: pixels <c>(x - Mean) / Deviation</c>, x from 0 to 255,
/// with channels in some order.
/// </summary>
public sealed record NetworkInput
{
    /// <summary>Subtracted from the pixels: red, green and blue from 0 to 255.</summary>
    public ChannelValues Mean { get; init; }

    /// <summary>Divides the pixels then; above 0.</summary>
    public ChannelValues Deviation { get; init; } = new(1, 1, 1);

    /// <summary>Whether channels come as blue, green, red, as in OpenCV, Caffe and CNTK.</summary>
    public bool IsBlueFirst { get; init; }
}
