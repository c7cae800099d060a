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

    /// <summary>The optimizer.</summary>
    public OptimizerOptions ToOptimizer() => new() { Kind = Optimizer, Momentum = Momentum, WeightDecay = WeightDecay };

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public OptimizationOptions Validated()
    {
        SettingChoices.Optimizer.Require(Optimizer);
        Require.That(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), "at least 0", WeightDecay);
        Require.That(Momentum is >= 0 and < 1, nameof(Momentum), "at least 0 and below 1", Momentum);
        return this;
    }
}
