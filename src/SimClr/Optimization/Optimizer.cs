using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>
/// Changes parameters by their gradients. The learning rate is given with every step, so that a schedule is a function of the
/// step and nothing has to be kept in tune. A step waits for no result on the host.
/// </summary>
public abstract class Optimizer : IDisposable
{
    // On a processor a group's intermediate values should stay in its caches; a GPU rather wants few kernels.
    private const long CachedElements = 1 << 18;

    private readonly List<(string Name, Tensor Tensor)> _state = [];
    private readonly (string Name, Parameter Parameter, int Part)[] _parameters;
    private readonly ((bool Decays, int Part) Kind, ParameterGroup[] Groups)[] _groups;

    /// <param name="options">The settings.</param>
    /// <param name="parameters">Names and parameters, and the part of the network, whose learning rate they have.</param>
    /// <param name="remembered">The buffers of every parameter, zero at first; suffixes of its name.</param>
    private protected Optimizer(
        OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter, int Part)> parameters,
        params string[] remembered)
    {
        Options = options;
        _parameters = [.. parameters.Where(p => p.Parameter.requires_grad)];
        if (_parameters.Length == 0)
            throw new ArgumentException("There is nothing to optimize: no parameter wants a gradient.", nameof(parameters));
        var buffers = Array.ConvertAll(remembered, Buffers);
        _groups = Enumerable.Range(0, _parameters.Length)
            .GroupBy(i => (Options.DecayRankOne || _parameters[i].Parameter.dim() > 1, _parameters[i].Part))
            .Select(kind => (kind.Key, Groups([.. kind], buffers)))
            .ToArray();
    }

    /// <summary>An optimizer of the kind that the options name.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="parameters">
    /// Names and parameters, already on their device; those that want no gradient are left out. The parameters stay the caller's.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of bounds, or no parameter wants a gradient.</exception>
    public static Optimizer Create(OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parameters);
        return InParts(options, parameters, _ => 0);
    }

    /// <summary>The same, with a learning rate for each part of a network.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="named">Names and parameters.</param>
    /// <param name="partOf">The part that a parameter belongs to, by its name.</param>
    internal static Optimizer InParts(
        OptimizerOptions options, IEnumerable<(string Name, Parameter Parameter)> named, Func<string, int> partOf)
    {
        var parameters = named.Select(p => (p.Name, p.Parameter, partOf(p.Name)));
        return options.Validated().Kind switch
        {
            OptimizerKind.Lars => new Lars(options, parameters),
            OptimizerKind.Sgd => new Sgd(options, parameters),
            _ => new AdamW(options, parameters),
        };
    }

    /// <summary>The settings.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>Steps taken.</summary>
    public long StepCount { get; private set; }

    /// <summary>
    /// The buffers that persist between steps, for checkpoints: <c>conv1.weight.momentum</c> and the like, of the parameters'
    /// shapes. The tensors belong to the optimizer and change with every step.
    /// </summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> State => _state;

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <param name="learningRate">The learning rate of this step, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, infinite or not a number.</exception>
    public void Step(double learningRate) => Step(learningRate, _ => 1);

    /// <summary>The same, with a share of the learning rate for each part of a network.</summary>
    /// <param name="learningRate">The learning rate of this step, at least 0.</param>
    /// <param name="share">The share of it that a part has, 0 to 1.</param>
    internal void Step(double learningRate, Func<int, double> share)
    {
        if (!(learningRate >= 0 && double.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(
                nameof(learningRate), learningRate, "The learning rate must be finite and at least 0.");
        StepCount++;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var ((decays, part), groups) in _groups)
            Update(groups.Select(group => group.WithGradients()), decays, share(part) * learningRate);
    }

    /// <summary>
    /// The length ‖g‖₂ of all gradients taken as one vector; waits for the device. A step leaves the gradients as they are, so it
    /// may be asked for before or after.
    /// </summary>
    internal double GradientNorm()
    {
        using var scope = NewDisposeScope();
        return GradientLength().item<float>();
    }

    /// <summary>The same as a scalar on the device, which nobody waits for.</summary>
    /// <returns>A tensor owned by the caller's dispose scope.</returns>
    internal Tensor GradientLength()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var norms = _parameters.Select(p => p.Parameter.grad).OfType<Tensor>().Select(gradient => gradient.norm()).ToArray();
        return (norms.Length == 0 ? zeros([]) : stack(norms).norm()).MoveToOuterDisposeScope();
    }

    /// <summary>Counts a step that is left out: parameters and buffers stay as they are.</summary>
    internal void Skip() => StepCount++;

    /// <summary>Forgets all gradients; the next backward pass allocates them anew.</summary>
    public void ZeroGrad()
    {
        foreach (var (_, parameter, _) in _parameters) parameter.grad = null;
    }

    /// <summary>Continues where another optimizer of the same kind and parameters stood.</summary>
    /// <param name="stepCount">Its <see cref="StepCount"/>.</param>
    /// <param name="state">Its <see cref="State"/> by name; the values are copied.</param>
    /// <exception cref="ArgumentException">A tensor is missing, left over, or of another shape; nothing was changed.</exception>
    public void Restore(long stepCount, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        foreach (var (name, tensor) in _state)
        {
            if (!state.TryGetValue(name, out var saved))
                throw new ArgumentException($"The optimizer state lacks '{name}'.", nameof(state));
            if (!saved.shape.SequenceEqual(tensor.shape))
            {
                var (there, here) = (string.Join(", ", saved.shape), string.Join(", ", tensor.shape));
                throw new ArgumentException($"'{name}' is [{there}] in the optimizer state and [{here}] here.", nameof(state));
            }
        }
        if (state.Count != _state.Count)
            throw new ArgumentException($"The optimizer state has {state.Count} tensors, not {_state.Count}.", nameof(state));
        using var frozen = no_grad();
        foreach (var (name, tensor) in _state) tensor.copy_(state[name]);
        StepCount = stepCount;
    }

    /// <summary>Frees the state; parameters stay.</summary>
    public void Dispose()
    {
        foreach (var (_, tensor) in _state) tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A step of some parameters, which is not recorded for gradients.</summary>
    /// <param name="groups">Parameters, gradients, and buffers in the constructor's order.</param>
    /// <param name="decays">Whether the parameters are decayed (and by LARS adapted).</param>
    /// <param name="learningRate">The learning rate.</param>
    private protected abstract void Update(IEnumerable<Tensor[][]> groups, bool decays, double learningRate);

    private ParameterGroup[] Groups(int[] members, Tensor[][] buffers)
    {
        var parameters = Array.ConvertAll(members, i => _parameters[i].Parameter);
        var limit = parameters[0].device_type == DeviceType.CPU ? CachedElements : long.MaxValue;
        return
        [
            .. from indices in ParameterGroup.Partition(Array.ConvertAll(parameters, p => p.numel()), limit)
               select new ParameterGroup(
                   Array.ConvertAll(indices, i => parameters[i]),
                   Array.ConvertAll(buffers, buffer => Array.ConvertAll(indices, i => buffer[members[i]]))),
        ];
    }

    /// <summary>
    /// Zeros of the shape of every parameter, which live as long as the optimizer and are part of <see cref="State"/>.
    /// </summary>
    private Tensor[] Buffers(string suffix)
    {
        using var frozen = no_grad();
        var buffers = Array.ConvertAll(_parameters, p => zeros_like(p.Parameter).DetachFromDisposeScope());
        _state.AddRange(_parameters.Zip(buffers, (p, buffer) => ($"{p.Name}.{suffix}", buffer)));
        return buffers;
    }
}
