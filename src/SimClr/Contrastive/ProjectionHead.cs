using SimClr.Encoders;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Contrastive;

/// <summary>
/// The projection head g: z = g(h), used only for pretraining. As in the official code no linear layer has a bias, and the last
/// batch norm has γ alone.
/// </summary>
/// <remarks>
/// State names: <c>linear1.weight</c>, <c>bn1.weight</c>, <c>bn1.bias</c>, <c>bn1.running_mean</c>, …, <c>linear2.weight</c>,
/// <c>bn2.weight</c>, …; the linear head has only <c>linear1</c> and <c>bn1</c>, the identity nothing.
/// </remarks>
public sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "linear1")] private readonly Linear? _linear1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization? _bn1;
    [ComponentName(Name = "linear2")] private readonly Linear? _linear2;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization? _bn2;

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
        OutputDimension = options.Kind == ProjectionHeadKind.Identity ? inputDimension : options.OutputDimension;
        var weights = new InitialWeights(seed, InitialWeights.HeadPart);
        if (options.Kind == ProjectionHeadKind.Linear)
        {
            (_linear1, _bn1) = (new(weights, inputDimension, OutputDimension), new(OutputDimension, shift: false));
        }
        else if (options.Kind == ProjectionHeadKind.Nonlinear)
        {
            var hidden = options.HiddenDimension ?? inputDimension;
            (_linear1, _bn1) = (new(weights, inputDimension, hidden), new(hidden));
            (_linear2, _bn2) = (new(weights, hidden, OutputDimension), new(OutputDimension, shift: false));
        }
        RegisterComponents();
    }

    /// <summary>What the head was made from.</summary>
    public ProjectionHeadOptions Options { get; }

    /// <summary>Length p of z.</summary>
    public int OutputDimension { get; }

    /// <summary>Projects representations.</summary>
    /// <param name="h">
    /// <c>[B, d]</c> in float32 or bfloat16; linear layers compute in its type. B is at least 2 in training.
    /// </param>
    /// <returns>z <c>[B, p]</c> in float32, not normalised, owned by the caller's dispose scope.</returns>
    public override Tensor forward(Tensor h)
    {
        ArgumentNullException.ThrowIfNull(h);
        using var scope = NewDisposeScope();
        var z = Options.Kind switch
        {
            ProjectionHeadKind.Identity => h.alias(),
            ProjectionHeadKind.Linear => _bn1!.call(_linear1!.call(h)), // [B, p]
            _ => _bn2!.call(_linear2!.call(_bn1!.call(_linear1!.call(h)).relu_())), // [B, p]
        };
        return z.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
