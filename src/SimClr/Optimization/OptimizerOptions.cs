namespace SimClr.Optimization;

/// <summary>How gradients become steps.</summary>
public enum OptimizerKind
{
    /// <summary>Layer-wise adaptive rate scaling (You et al. 2017, arXiv:1708.03888), the paper's optimizer.</summary>
    Lars,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101).</summary>
    AdamW,
}

/// <summary>An optimizer's settings; the defaults are the paper's for ImageNet.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Which optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Lars;

    /// <summary>Momentum of LARS and SGD, from 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether LARS and SGD look ahead (Nesterov's momentum).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay λ, at least 0.</summary>
    public double WeightDecay { get; init; } = 1e-6;

    /// <summary>
    /// Whether tensors of rank 1 (biases and batch-norm parameters) are decayed like all others, and by LARS also adapted.
    /// </summary>
    public bool DecayRankOne { get; init; }

    /// <summary>LARS: a step's length relative to the weight's, at a learning rate of 1 (η in its paper); above 0.</summary>
    public double TrustCoefficient { get; init; } = 1e-3;

    /// <summary>AdamW: decay of the gradient's running mean, from 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW: decay of the squared gradient's running mean, from 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW: added to the denominator; above 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>These options, if they are usable.</summary>
    /// <exception cref="ArgumentException">An option is out of bounds; the message names it, its bound and its value.</exception>
    public OptimizerOptions Validated()
    {
        Require(Enum.IsDefined(Kind), nameof(Kind), Kind, "Lars, Sgd or AdamW");
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "finite and at least 0");
        Require(TrustCoefficient > 0 && double.IsFinite(TrustCoefficient), nameof(TrustCoefficient), TrustCoefficient, "above 0");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
        Require(Epsilon > 0 && double.IsFinite(Epsilon), nameof(Epsilon), Epsilon, "above 0");
        return this;
    }

    private static void Require(bool condition, string option, object value, string bound)
    {
        if (!condition) throw new ArgumentOutOfRangeException(option, value, $"{option} must be {bound}.");
    }
}
