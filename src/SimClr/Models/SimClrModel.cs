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
    /// <summary>The parts of a model from the images on: the stem, the four stages of residual blocks, and the head.</summary>
    internal const int Parts = 6;

    [ComponentName(Name = "encoder")] private readonly ResNet _encoder;
    [ComponentName(Name = "head")] private readonly ProjectionHead _head;
    private bool _rests;

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

    /// <summary>The part, from 0, that a parameter belongs to.</summary>
    /// <param name="name">Its name in <c>named_parameters()</c>.</param>
    internal static int PartOf(string name)
    {
        const string stage = "encoder.layer";
        if (name.StartsWith(stage, StringComparison.Ordinal)) return name[stage.Length] - '0';
        return name.StartsWith("encoder.", StringComparison.Ordinal) ? 0 : Parts - 1;
    }

    /// <summary>
    /// Keeps the first parts as they are, in training too: their parameters want no gradient, and their batch norms use the
    /// running statistics.
    /// </summary>
    /// <param name="parts">How many, 0 to all but the head.</param>
    internal void Freeze(int parts)
    {
        foreach (var (name, parameter) in named_parameters())
            if (PartOf(name) < parts) parameter.requires_grad = false;
        foreach (var (name, module) in named_modules())
            if (module is BatchNormalization norm && PartOf(name) < parts) norm.FixStatistics();
    }

    /// <summary>
    /// Keeps the encoder as it is, in training too, until the result is disposed: no gradient reaches it, and its batch norms
    /// use the running statistics.
    /// </summary>
    internal IDisposable RestEncoder() => new Rest(this);

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
        var h = Represent(views);  // [V·N, d]
        return (h, _head.call(h)); // [V·N, p]
    }

    private Tensor Represent(Tensor views)
    {
        if (!_rests) return _encoder.call(views);
        using var frozen = no_grad();
        return _encoder.call(views);
    }

    private sealed class Rest : IDisposable
    {
        private readonly SimClrModel _model;
        private readonly IDisposable _fixed;

        public Rest(SimClrModel model)
        {
            (_model, _fixed) = (model, BatchNormalization.FixStatistics(model._encoder));
            model._rests = true;
        }

        public void Dispose()
        {
            _model._rests = false;
            _fixed.Dispose();
        }
    }
}
