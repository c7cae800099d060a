using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// The network under evaluation: the encoder, and with it the projection head as far as a layer. SimCLR v2 takes features from
/// the first layer of a head of three (arXiv:2006.10029, Section 3).
/// </summary>
public sealed class Backbone : nn.Module<Tensor, Tensor>
{
    private readonly int _layer;
    [ComponentName(Name = "encoder")] private readonly ResNet _encoder;
    [ComponentName(Name = "head")] private readonly ProjectionHead? _head; // none for layer 0: a wide network's is large

    /// <param name="encoder">Which encoder.</param>
    /// <param name="head">Which head.</param>
    /// <param name="layer">0 for h, otherwise a layer of the head, counted from 1.</param>
    /// <param name="seed">Initial weights are a function of it alone.</param>
    /// <exception cref="SettingsException">The head has no such layer.</exception>
    public Backbone(ResNetOptions encoder, ProjectionHeadOptions head, int layer, ulong seed)
        : base(nameof(Backbone))
    {
        _layer = layer;
        _encoder = new ResNet(encoder, seed);
        if (layer > 0) _head = new ProjectionHead(head, _encoder.FeatureDimension, seed);
        RegisterComponents();
        if (_head is { LayerCount: var count } && layer > count)
            throw new SettingsException(
                $"Layer must be between 0 (the encoder) and {count}, the layers of the run's head, not {layer}.")
            {
                Setting = "Layer",
            };
    }

    /// <summary>A finished run's network.</summary>
    /// <exception cref="SettingsException">The run's head has no such layer.</exception>
    /// <exception cref="RunFolderException">The run has no head.</exception>
    public static Backbone Open(RunFolder run, ModelOptions model, int layer)
    {
        if (layer > 0 && !File.Exists(run.Projection))
            throw new RunFolderException(
                $"{run.Path} has no projection head, as imported encoders have none; leave out Layer.")
            {
                Setting = "Layer",
                File = run.Path,
            };
        var network = new Backbone(model.ToResNet(), model.ToHead(), layer, seed: 0);
        ModuleWeights.Load(network._encoder, run.Encoder);
        if (network._head is not null) ModuleWeights.Load(network._head, run.Projection);
        return network;
    }

    /// <summary>The encoder, this network's own.</summary>
    public ResNet Encoder => _encoder;

    /// <summary>d, the length of the layer's output.</summary>
    public int Dimension => _head?.Dimension(_layer) ?? _encoder.FeatureDimension;

    /// <param name="input">Images <c>[B, 3, S, S]</c> in float32 or bfloat16.</param>
    /// <returns><c>[B, d]</c> in float32, d being the length of the layer's output.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = _encoder.call(input); // [B, length of h]
        return (_head is null ? h : _head.Features(h, _layer)).MoveToOuterDisposeScope(); // [B, d]
    }
}
