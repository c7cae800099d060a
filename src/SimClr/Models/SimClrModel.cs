using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>The model that is pretrained: z = g(f(x)), an encoder and a projection head (Section 2.1).</summary>
/// <remarks>
/// State names are the parts' behind <c>encoder.</c> and <c>head.</c>; give <c>named_parameters()</c> to an optimizer. The head
/// computes in float32 whatever the encoder's precision: it is a thousandth of the arithmetic.
/// </remarks>
public sealed class SimClrModel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder")] private readonly ResNet _encoder;
    [ComponentName(Name = "head")] private readonly ProjectionHead _head;

    /// <summary>A model with fresh weights, on the processor, in training mode.</summary>
    /// <param name="encoder">Which encoder.</param>
    /// <param name="head">Which projection head.</param>
    /// <param name="seed">Initial weights are a function of it alone.</param>
    /// <exception cref="ArgumentException">An option is out of bounds.</exception>
    public SimClrModel(ResNetOptions encoder, ProjectionHeadOptions head, ulong seed) : base(nameof(SimClrModel))
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(head);
        head.Validated();
        _encoder = new ResNet(encoder, seed);
        _head = new ProjectionHead(head, _encoder.FeatureDimension, seed);
        RegisterComponents();
    }

    /// <summary>The encoder f, which is kept after pretraining. It belongs to the model.</summary>
    public ResNet Encoder => _encoder;

    /// <summary>The projection head g. It belongs to the model.</summary>
    public ProjectionHead Head => _head;

    /// <summary>The projections of a batch of views.</summary>
    /// <param name="views"><c>[V·N, 3, S, S]</c> in float32 or bfloat16.</param>
    /// <returns>z <c>[V·N, p]</c> in float32, owned by the caller's dispose scope.</returns>
    public override Tensor forward(Tensor views)
    {
        using var scope = NewDisposeScope();
        return RepresentAndProject(views).Projection.MoveToOuterDisposeScope(); // [V·N, p]
    }

    /// <summary>The features of images at a layer of the head, for evaluation and fine-tuning.</summary>
    /// <param name="x">Images <c>[B, 3, S, S]</c> in float32 or bfloat16.</param>
    /// <param name="layer">0 for the encoder's h; otherwise a layer of the head (<see cref="ProjectionHead.Features"/>).</param>
    /// <returns><c>[B, Head.Dimension(layer)]</c> in float32, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public Tensor Features(Tensor x, int layer = 0)
    {
        _head.Dimension(layer); // refuses a wrong layer before the encoder's work
        using var scope = NewDisposeScope();
        return _head.Features(_encoder.call(x), layer).MoveToOuterDisposeScope();
    }

    /// <summary>Both h, which is kept after pretraining, and z, which the loss compares.</summary>
    /// <param name="views"><c>[V·N, 3, S, S]</c> in float32 or bfloat16.</param>
    /// <returns>h <c>[V·N, d]</c> and z <c>[V·N, p]</c> in float32, owned by the caller's dispose scope.</returns>
    public (Tensor Representation, Tensor Projection) RepresentAndProject(Tensor views)
    {
        var h = _encoder.call(views); // [V·N, d]
        return (h, _head.call(h));    // [V·N, p]
    }
}
