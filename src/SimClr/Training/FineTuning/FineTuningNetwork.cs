using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// A network that names classes: an encoder, where wanted with layers of the projection head, and a linear classifier on top. As
/// in the official code the classifier starts with zeros, so that nothing random disturbs what was learned before.
/// </summary>
internal sealed class FineTuningNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "body")] private readonly nn.Module<Tensor, Tensor> _body;
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter _bias;

    /// <param name="body">
    /// The network that computes features <c>[B, d]</c> of images <c>[B, 3, S, S]</c>; it belongs to the network from now on.
    /// </param>
    /// <param name="dimension">d.</param>
    /// <param name="classes">C.</param>
    public FineTuningNetwork(nn.Module<Tensor, Tensor> body, int dimension, int classes) : base(nameof(FineTuningNetwork))
    {
        _body = body;
        using var scope = NewDisposeScope();
        _weight = new Parameter(zeros(classes, dimension)); // [C, d]
        _bias = new Parameter(zeros(classes));                   // [C]
        _weight.DetachFromDisposeScope();
        _bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>
    /// Whether batch norms use their running statistics in training too, as in use, and leave them as they are. The mean of
    /// a batch of few images says more about which images these are than about images at large.
    /// </summary>
    public bool KeepsStatistics { get; init; }

    /// <summary>The network that computes features.</summary>
    public nn.Module<Tensor, Tensor> Body => _body;

    /// <summary>W <c>[C, d]</c> and b <c>[C]</c> of the classifier, by name.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Classifier => [("weight", _weight), ("bias", _bias)];

    /// <summary>Begins with a classifier in the place of zeros.</summary>
    /// <param name="weights">W <c>[C, d]</c> row by row.</param>
    /// <param name="intercepts">b <c>[C]</c>.</param>
    public void BeginWith(double[] weights, double[] intercepts)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _weight.copy_(tensor(weights).view(_weight.shape));
        _bias.copy_(tensor(intercepts));
    }

    /// <summary>Releases the classifier alone; the body goes to the caller, and the network is of no more use.</summary>
    public void DisposeClassifier()
    {
        _weight.Dispose();
        _bias.Dispose();
    }

    /// <param name="input">Images <c>[B, 3, S, S]</c> in float32 or bfloat16.</param>
    /// <returns>Scores of the classes <c>[B, C]</c> in float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(_body.call(input), _weight, _bias).MoveToOuterDisposeScope(); // [B, C]
    }
}
