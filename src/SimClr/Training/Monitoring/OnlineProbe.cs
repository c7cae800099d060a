using SimClr.Native;
using SimClr.Optimization;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace SimClr.Training;

/// <summary>
/// A linear classifier that is trained during pretraining, from h without a gradient into the encoder (as in SimCLR's
/// official code), and tells as it goes how much of the labels is in h. It draws no random number and shares no tensor that
/// is written to, so that pretraining is the same to the last bit with and without it.
/// </summary>
internal sealed class OnlineProbe : IDisposable
{
    // Adam's steps have one length whatever the scale of h, which changes as the encoder learns.
    private const double LearningRate = 3e-3;

    private readonly Parameter _weight; // [C, d]
    private readonly Parameter _bias;   // [C]
    private readonly Tensor _right;     // []: sum of accuracies
    private int _count;

    public OnlineProbe(int dimension, int classes, Device device)
    {
        using var scope = NewDisposeScope();
        _weight = new Parameter(zeros(classes, dimension, device: device));
        _bias = new Parameter(zeros(classes, device: device));
        _right = zeros(1, float64, device);
        foreach (var tensor in new[] { _weight, _bias, _right }) tensor.DetachFromDisposeScope();
        Optimizer = Optimization.Optimizer.Create(
            new OptimizerOptions { Kind = OptimizerKind.AdamW, WeightDecay = 0 }, [("weight", _weight), ("bias", _bias)]);
    }

    private Optimizer Optimizer { get; }

    /// <summary>Measures the classifier on a batch, and then learns from it.</summary>
    /// <param name="representations">h <c>[V·N, d]</c> without a graph, V views of each image; borrowed.</param>
    /// <param name="labels"><c>[N]</c>, of the images.</param>
    public void Learn(Tensor representations, long[] labels)
    {
        using var scope = NewDisposeScope();
        var once = tensor(labels).to(representations.device);                               // [N]
        var each = once.repeat(representations.shape[0] / labels.Length);                   // [V·N]
        var scores = nn.functional.linear(representations.to(float32), _weight, _bias);     // [V·N, C]
        Optimizer.ZeroGrad();
        nn.functional.cross_entropy(scores, each).backward();
        Optimizer.Step(LearningRate);
        _right.add_(scores.detach().argmax(1).eq(each).to(float64).mean(), Scalars.One);
        _count++;
    }

    /// <summary>The mean accuracy since this was asked last; waits for the device.</summary>
    public double TakeTop1()
    {
        using var scope = NewDisposeScope();
        var mean = Right() / _count;
        _right.zero_();
        _count = 0;
        return mean;
    }

    /// <summary>The tensors and figures of a checkpoint, by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        [("weight", _weight), ("bias", _bias), .. Optimizer.State.Select(t => ("optimizer." + t.Name, t.Tensor))];

    /// <inheritdoc cref="State"/>
    public IEnumerable<(string Name, double Value)> Figures => [("online_top1_sum", Right()), ("online_count", _count)];

    /// <summary>Continues where another one stood.</summary>
    /// <exception cref="KeyNotFoundException">A tensor or figure is missing.</exception>
    public void Restore(long step, IReadOnlyDictionary<string, Tensor> state, IReadOnlyDictionary<string, double> figures)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _weight.copy_(state["weight"]);
        _bias.copy_(state["bias"]);
        Optimizer.Restore(step, Optimizer.State.ToDictionary(t => t.Name, t => state["optimizer." + t.Name]));
        _right.fill_(Scalars.Of(figures["online_top1_sum"]));
        _count = (int)figures["online_count"];
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (var tensor in new[] { _weight, _bias, _right }) tensor.Dispose();
    }

    private double Right()
    {
        using var onHost = _right.cpu();
        return onHost.item<double>();
    }
}
