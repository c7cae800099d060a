using SimClr.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

/// <summary>An objective and the plain loops that it must agree with.</summary>
internal sealed record ObjectiveCase(Func<double, ContrastiveLoss> At, Func<PlainLoops, double, double> Plain)
{
    public const double Margin = 0.7, Sigma = 0.5;

    /// <summary>By name; <see cref="At"/> and <see cref="Plain"/> take a temperature, where there is one.</summary>
    public static readonly Dictionary<string, ObjectiveCase> All = new()
    {
        ["nt-xent"] = new(t => new NtXent { Temperature = t }, (p, t) => p.NtXent(t)),
        ["dcl"] = new(t => new DecoupledContrastive { Temperature = t }, (p, t) => p.Decoupled(t, null)),
        ["dclw"] = new(
            t => new DecoupledContrastive { Temperature = t, PositiveWeightSigma = Sigma }, (p, t) => p.Decoupled(t, Sigma)),
        ["supcon"] = new(t => new SupervisedContrastive { Temperature = t }, (p, t) => p.Supervised(t)),
        ["nt-logistic"] = new(t => new NtLogistic { Temperature = t }, (p, t) => p.Logistic(t, semiHard: false)),
        ["nt-logistic semi-hard"] = new(
            t => new NtLogistic { Temperature = t, Negatives = NegativeMining.SemiHard },
            (p, t) => p.Logistic(t, semiHard: true)),
        ["margin"] = new(_ => new MarginTriplet { Margin = Margin }, (p, _) => p.Triplet(Margin, semiHard: false)),
        ["margin semi-hard"] = new(
            _ => new MarginTriplet { Margin = Margin, Negatives = NegativeMining.SemiHard },
            (p, _) => p.Triplet(Margin, semiHard: true)),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Labels in which two classes have several images, the third has one, and some images have none.</summary>
    public static long[] Labels(int n) => [.. Enumerable.Range(0, n).Select(i => i == 2 ? 7 : i % 4 == 3 ? -1 : (long)(i % 2))];

    /// <summary>The same 2N rows at every call, normally distributed, float64.</summary>
    public static double[] Rows(int n, int d)
    {
        using var scope = NewDisposeScope();
        return randn([2 * n, d], ScalarType.Float64, generator: new Generator(77)).data<double>().ToArray();
    }

    /// <summary>The loss, its gradient as float64, the contrastive accuracy and the entropy.</summary>
    public static (double Loss, double[] Gradient, double Top1, double Entropy) Compute(
        ContrastiveLoss loss, double[] z, int d, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(z, [z.Length / d, d]).to(type).requires_grad_(); // [2N, D]
        var result = loss.Compute(rows, tensor(Labels(z.Length / d / 2)));
        Assert.Equal(type, result.Loss.dtype);
        result.Loss.backward();
        return (result.Loss.ToDouble(), rows.grad!.to(ScalarType.Float64).data<double>().ToArray(),
            result.ContrastiveTop1.ToDouble(), result.Entropy.ToDouble());
    }
}
