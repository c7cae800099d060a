using SimClr.Optimization;

namespace SimClr.Settings;

/// <summary>How gradients change the weights; how fast is the schedule's affair (<see cref="ScheduleOptions"/>).</summary>
public sealed record OptimizationOptions
{
    /// <summary>Which optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Lars;

    /// <summary>Weight decay, at least 0; biases and the parameters of batch norms are exempt.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>Momentum of LARS and SGD, from 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Whether a step of LARS or SGD looks ahead along its momentum (Nesterov; Sutskever et al. 2013), in the form of PyTorch's
    /// SGD: with v ← mv + g the step goes along g + mv instead of v. Needs a momentum; AdamW has none.
    /// </summary>
    public bool Nesterov { get; init; }

    /// <summary>The optimizer.</summary>
    public OptimizerOptions ToOptimizer() =>
        new() { Kind = Optimizer, Momentum = Momentum, Nesterov = Nesterov, WeightDecay = WeightDecay };

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public OptimizationOptions Validated()
    {
        SettingChoices.Optimizer.Require(Optimizer);
        Require.That(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), "at least 0", WeightDecay);
        Require.That(Momentum is >= 0 and < 1, nameof(Momentum), "at least 0 and below 1", Momentum);
        Require.That(!Nesterov || Optimizer != OptimizerKind.AdamW, nameof(Nesterov), $"false where {nameof(Optimizer)} is adamw",
            "true", nameof(Optimizer));
        Require.That(!Nesterov || Momentum > 0, nameof(Nesterov), $"false where {nameof(Momentum)} is 0", "true",
            nameof(Momentum));
        return this;
    }
}
