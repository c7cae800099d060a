using SimClr.Models;
using SimClr.Optimization;
using SimClr.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>
/// The exponential moving average of a model's weights over the steps of a run, as a model of its own: after every step
/// w̄ ← m w̄ + (1−m) w. In contrastive learning such an average is the network that is compared with or kept (He et al. 2020,
/// arXiv:1911.05722; Grill et al. 2020, arXiv:2006.07733).
/// </summary>
/// <remarks>
/// It begins with the weights after the first step. At the t-th step behind that m is min(decay, (1+t)/(10+t)), as in
/// TensorFlow's <c>ExponentialMovingAverage</c> with <c>num_updates</c>: at first the average spans few steps, so that early
/// weights are soon gone from it. The running statistics of batch norms are averaged likewise. They stand in for those of the
/// averaged network until <see cref="AveragedStatistics"/> computes them.
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private static readonly UpdateScript Script = new("""
        def step(average: List[Tensor], weights: List[Tensor], share: float):
            torch._foreach_lerp_(average, weights, share)
        """);

    private readonly double _decay;
    private readonly Tensor[][] _lists; // the average's tensors, and those that it follows

    /// <param name="options">The settings.</param>
    /// <param name="followed">The model that is trained, on its device; borrowed as long as this object lives.</param>
    /// <param name="device">The device.</param>
    public WeightAverage(PretrainingOptions options, SimClrModel followed, Device device)
    {
        _decay = options.Ema;
        Model = new SimClrModel(options.Model.ToResNet(), options.Model.ToHead(), options.Seed);
        Model.to(device);
        Model.train();
        Model.Freeze(options.Adaptation.Freeze);
        var (mine, theirs) = (Model.state_dict(), followed.state_dict());
        var averaged = mine.Where(t => t.Value.is_floating_point()).Select(t => t.Key).ToList();
        _lists = [[.. averaged.Select(name => mine[name])], [.. averaged.Select(name => theirs[name])]];
    }

    /// <summary>Encoder and head with averaged weights, in training mode; owned by this object.</summary>
    public SimClrModel Model { get; }

    /// <summary>Steps that are in the average.</summary>
    public long Steps { get; private set; }

    /// <summary>The tensors of a checkpoint, by name; they belong to this object.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => Model.state_dict().Select(t => (t.Key, t.Value));

    /// <summary>Takes in the weights after a step; to be called once behind every step that was not left out.</summary>
    public void Follow()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Script.Step([_lists], [1 - DecayOf(_decay, Steps)]);
        Steps++;
    }

    /// <summary>The effective decay, where a number of steps are in the average.</summary>
    internal static double DecayOf(double decay, long steps) => steps == 0 ? 0 : Math.Min(decay, (1.0 + steps) / (10.0 + steps));

    /// <summary>Continues where another average stood.</summary>
    /// <param name="steps">Its <see cref="Steps"/>.</param>
    /// <param name="state">Its <see cref="State"/>; the values are copied.</param>
    /// <exception cref="KeyNotFoundException">A tensor is missing.</exception>
    public void Restore(long steps, IReadOnlyDictionary<string, Tensor> state)
    {
        using var frozen = no_grad();
        foreach (var (name, tensor) in State) tensor.copy_(state[name]);
        Steps = steps;
    }

    public void Dispose() => Model.Dispose();
}
