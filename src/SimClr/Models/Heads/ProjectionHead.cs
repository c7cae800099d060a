using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// The projection head g: z = g(h), used only for pretraining; <see cref="Features"/> also gives what lies between h and z. As in
/// the official code no linear layer has a bias, every one is followed by batch norm, and the last batch norm has γ alone.
/// </summary>
/// <remarks>
/// State names: <c>linear1.weight</c>, <c>bn1.weight</c>, <c>bn1.bias</c>, <c>bn1.running_mean</c>, …, <c>linear2.weight</c>,
/// <c>bn2.weight</c>, …; the linear head has only <c>linear1</c> and <c>bn1</c>, the identity nothing.
/// </remarks>
public sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private readonly int _inputDimension;
    private readonly List<(Linear Linear, BatchNormalization Norm)> _layers = [];

    /// <summary>A head with fresh weights, on the processor, in training mode.</summary>
    /// <param name="options">Which head.</param>
    /// <param name="inputDimension">Length d of h.</param>
    /// <param name="seed">Initial weights are a function of it alone.</param>
    /// <exception cref="ArgumentException">An option is out of bounds.</exception>
    public ProjectionHead(ProjectionHeadOptions options, int inputDimension, ulong seed) : base(nameof(ProjectionHead))
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputDimension, 1);
        Options = options.Validated();
        _inputDimension = inputDimension;
        var weights = new InitialWeights(seed, InitialWeights.HeadPart);
        var count = options.Kind switch
        {
            ProjectionHeadKind.Identity => 0,
            ProjectionHeadKind.Linear => 1,
            _ => options.Layers,
        };
        for (var layer = 1; layer <= count; layer++)
        {
            var inputs = Dimension(layer - 1);
            var outputs = layer == count ? options.OutputDimension : options.HiddenDimension ?? inputDimension;
            _layers.Add((new(weights, inputs, outputs), new(outputs, shift: layer < count)));
            register_module($"linear{layer}", _layers[^1].Linear);
            register_module($"bn{layer}", _layers[^1].Norm);
        }
    }

    /// <summary>The options of the head.</summary>
    public ProjectionHeadOptions Options { get; }

    /// <summary>How many layers there are: 0 for the identity, 1 for the linear head.</summary>
    public int LayerCount => _layers.Count;

    /// <summary>Length p of z.</summary>
    public int OutputDimension => Dimension(LayerCount);

    /// <summary>Length of the result of <see cref="Features"/>.</summary>
    /// <param name="layer">0 to <see cref="LayerCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public int Dimension(int layer)
    {
        RequireLayer(layer);
        return layer == 0 ? _inputDimension : _layers[layer - 1].Linear.Outputs;
    }

    /// <summary>Projects representations.</summary>
    /// <param name="h">
    /// <c>[B, d]</c> in float32 or bfloat16; linear layers compute in its type. B is at least 2 in training.
    /// </param>
    /// <returns>z <c>[B, p]</c> in float32, not normalized, owned by the caller's dispose scope.</returns>
    public override Tensor forward(Tensor h) => Features(h, LayerCount); // [B, p]

    /// <summary>
    /// The output of the head's first layers. SimCLR v2 fine-tunes from layer 1 of 3 (arXiv:2006.10029,
    /// Section 3).
    /// </summary>
    /// <param name="h"><c>[B, d]</c>, as for the forward pass.</param>
    /// <param name="layer">
    /// 0 for h itself; otherwise the layer, counted from 1, whose output is taken: behind batch norm and, in all but the last,
    /// ReLU. The last layer's output is z.
    /// </param>
    /// <returns><c>[B, Dimension(layer)]</c> in float32, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public Tensor Features(Tensor h, int layer)
    {
        ArgumentNullException.ThrowIfNull(h);
        RequireLayer(layer);
        using var scope = NewDisposeScope();
        var x = h.alias(); // [B, d]
        for (var i = 0; i < layer; i++)
        {
            x = _layers[i].Norm.call(_layers[i].Linear.call(x)); // [B, Dimension(i + 1)]
            if (i < LayerCount - 1) x = x.relu_();
        }
        return x.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private void RequireLayer(int layer)
    {
        if (layer < 0 || layer > LayerCount)
            throw new ArgumentOutOfRangeException(nameof(layer), layer, $"The layer must be between 0 and {LayerCount}.");
    }
}
