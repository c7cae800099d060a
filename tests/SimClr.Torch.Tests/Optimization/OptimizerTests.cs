using SimClr.Native;
using SimClr.Optimization;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace SimClr.Torch.Tests.Optimization;

public class OptimizerTests
{
    private static readonly double[] Rates = [0.1, 0.2, 0.05, 0.1, 0.0, 0.3];

    public OptimizerTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(0.9, false, 0.0, false)]
    [InlineData(0.9, false, 0.01, false)]
    [InlineData(0.9, true, 0.01, true)]
    [InlineData(0.0, false, 0.01, true)]
    public void Sgd_follows_its_formula(double momentum, bool nesterov, double decay, bool decayRankOne)
    {
        var options = new OptimizerOptions
        {
            Kind = OptimizerKind.Sgd,
            Momentum = momentum,
            Nesterov = nesterov,
            WeightDecay = decay,
            DecayRankOne = decayRankOne,
        };
        Follow(options, (rank, step, rate, p, g, state) =>
        {
            var direction = g + (rank > 1 || decayRankOne ? decay : 0) * p;
            state[0] = momentum * state[0] + direction;
            return p - rate * (nesterov ? direction + momentum * state[0] : state[0]);
        });
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.05, false)]
    [InlineData(0.05, true)]
    public void AdamW_follows_its_formula(double decay, bool decayRankOne)
    {
        var options = new OptimizerOptions
        {
            Kind = OptimizerKind.AdamW,
            WeightDecay = decay,
            DecayRankOne = decayRankOne,
            Beta2 = 0.99,
        };
        Follow(options, (rank, step, rate, p, g, state) =>
        {
            if (rank > 1 || decayRankOne) p -= rate * decay * p;
            state[0] = 0.9 * state[0] + 0.1 * g;
            state[1] = 0.99 * state[1] + 0.01 * g * g;
            var mean = state[0] / (1 - Math.Pow(0.9, step));
            var square = state[1] / (1 - Math.Pow(0.99, step));
            return p - rate * mean / (Math.Sqrt(square) + 1e-8);
        });
    }

    [Fact]
    public void Sgd_and_AdamW_step_as_torchs_do()
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Weights(ScalarType.Float64), Weights(ScalarType.Float64));
        var decayed = new OptimizerOptions { WeightDecay = 0.01, DecayRankOne = true };
        using var sgd = Optimizer.Create(decayed with { Kind = OptimizerKind.Sgd, Nesterov = true }, ours);
        using var torchSgd = optim.SGD(theirs.Select(p => p.Parameter), 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true);
        using var adam = Optimizer.Create(decayed with { Kind = OptimizerKind.AdamW }, ours);
        using var torchAdam = optim.AdamW(theirs.Select(p => p.Parameter), 0.1, weight_decay: 0.01);
        for (var step = 0; step < 5; step++)
        {
            SetGradients(ours, step);
            SetGradients(theirs, step);
            sgd.Step(0.1);
            torchSgd.step();
            adam.Step(0.1);
            torchAdam.step();
            foreach (var (our, their) in ours.Zip(theirs))
                Assert.InRange((our.Parameter - their.Parameter).abs().max().item<double>(), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void A_restored_optimizer_continues_bit_for_bit(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var options = new OptimizerOptions { Kind = kind, WeightDecay = 0.01 };
        var first = Weights(ScalarType.Float32);
        using var undisturbed = Optimizer.Create(options, first);
        Steps(undisturbed, first, 0, 3);
        var second = first.Select(p => (p.Name, new Parameter(p.Parameter.detach().clone()))).ToList();
        using var resumed = Optimizer.Create(options, second);
        resumed.Restore(undisturbed.StepCount, undisturbed.State.ToDictionary(s => s.Name, s => s.Tensor));
        Steps(undisturbed, first, 3, 6);
        Steps(resumed, second, 3, 6);
        Assert.Equal(6, resumed.StepCount);
        foreach (var (a, b) in first.Zip(second)) Assert.True(a.Parameter.equal(b.Item2).all().item<bool>());
        Assert.Equal(
            kind == OptimizerKind.AdamW
                ? ["matrix.mean", "bias.mean", "matrix.square", "bias.square"]
                : ["matrix.momentum", "bias.momentum"],
            undisturbed.State.Select(s => s.Name));
    }

    [Fact]
    public void A_state_of_something_else_is_refused_whole()
    {
        using var scope = NewDisposeScope();
        var weights = Weights(ScalarType.Float32);
        using var optimizer = Optimizer.Create(new OptimizerOptions(), weights);
        var good = optimizer.State.ToDictionary(s => s.Name, s => ones_like(s.Tensor));
        var missing = good.Where(s => s.Key != "bias.momentum").ToDictionary();
        var extra = good.Append(new("other.momentum", ones(1))).ToDictionary();
        var reshaped = good.ToDictionary(s => s.Key, s => s.Key == "bias.momentum" ? ones(7) : s.Value);
        Assert.Contains("bias.momentum", Assert.Throws<ArgumentException>(() => optimizer.Restore(1, missing)).Message);
        Assert.Throws<ArgumentException>(() => optimizer.Restore(1, extra));
        Assert.Contains("[7]", Assert.Throws<ArgumentException>(() => optimizer.Restore(1, reshaped)).Message);
        Assert.All(optimizer.State, s => Assert.Equal(0, s.Tensor.abs().sum().item<float>()));
        Assert.Equal(0, optimizer.StepCount);
    }

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Steps_leave_no_tensors_behind_and_the_state_outlives_scopes(OptimizerKind kind)
    {
        using var outer = NewDisposeScope();
        var weights = Weights(ScalarType.Float32);
        Optimizer optimizer;
        using (NewDisposeScope()) optimizer = Optimizer.Create(new OptimizerOptions { Kind = kind, WeightDecay = 0.1 }, weights);
        SetGradients(weights, 0);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 3; step++) optimizer.Step(0.1);
        optimizer.ZeroGrad();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(weights, p => Assert.Null(p.Parameter.grad));
        var buffers = optimizer.State.Count;
        optimizer.Dispose();
        Assert.Equal(before - buffers, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Parameters_without_gradient_stay_and_frozen_ones_have_no_state()
    {
        using var scope = NewDisposeScope();
        var weights = Weights(ScalarType.Float32);
        weights[1].Parameter.requires_grad = false;
        using var optimizer = Optimizer.Create(new OptimizerOptions { WeightDecay = 0.1 }, weights);
        var before = weights[0].Parameter.detach().clone();
        optimizer.Step(1);
        Assert.Equal(["matrix.momentum"], optimizer.State.Select(s => s.Name));
        Assert.True(weights[0].Parameter.equal(before).all().item<bool>());
        weights[0].Parameter.requires_grad = false;
        Assert.Throws<ArgumentException>(() => Optimizer.Create(new OptimizerOptions(), weights));
    }

    [Fact]
    public void Wrong_settings_are_refused_by_name_and_value()
    {
        OptimizerOptions[] wrong =
        [
            new() { Momentum = 1 }, new() { Momentum = -0.1 }, new() { Momentum = double.NaN }, new() { WeightDecay = -1 },
            new() { WeightDecay = double.NaN }, new() { WeightDecay = double.PositiveInfinity }, new() { TrustCoefficient = 0 },
            new() { Beta1 = 1 }, new() { Beta2 = double.NaN }, new() { Epsilon = 0 }, new() { Kind = (OptimizerKind)9 },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => options.Validated()));
        Assert.Matches("Momentum.*below 1.*1.5", Assert.Throws<ArgumentOutOfRangeException>(
            () => new OptimizerOptions { Momentum = 1.5 }.Validated()).Message.ReplaceLineEndings(" "));
        using var scope = NewDisposeScope();
        using var optimizer = Optimizer.Create(new OptimizerOptions(), Weights(ScalarType.Float32));
        foreach (var rate in (double[])[-1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => optimizer.Step(rate));
    }

    private delegate double Formula(int rank, int step, double rate, double parameter, double gradient, double[] state);

    private static void Follow(OptimizerOptions options, Formula formula)
    {
        using var scope = NewDisposeScope();
        var weights = Weights(ScalarType.Float64);
        using var optimizer = Optimizer.Create(options, weights);
        var expected = weights.Select(p => p.Parameter.data<double>().ToArray()).ToList();
        var states = expected.Select(values => values.Select(_ => new double[2]).ToArray()).ToList();
        for (var step = 0; step < Rates.Length; step++)
        {
            SetGradients(weights, step);
            optimizer.Step(Rates[step]);
            for (var t = 0; t < weights.Count; t++)
            {
                var gradient = weights[t].Parameter.grad!.data<double>().ToArray();
                var rank = (int)weights[t].Parameter.dim();
                for (var i = 0; i < gradient.Length; i++)
                    expected[t][i] = formula(rank, step + 1, Rates[step], expected[t][i], gradient[i], states[t][i]);
                // Float64 on both sides: rounding only.
                var actual = weights[t].Parameter.data<double>().ToArray();
                Assert.All(actual.Zip(expected[t]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
            }
        }
    }

    private static List<(string Name, Parameter Parameter)> Weights(ScalarType type) =>
        [("matrix", new Parameter(Waves([4, 3], 0.3, type))), ("bias", new Parameter(Waves([5], 0.7, type)))];

    private static void SetGradients(List<(string Name, Parameter Parameter)> weights, int step)
    {
        foreach (var (name, parameter) in weights)
            parameter.grad = Waves(parameter.shape, 1.1 + step + name.Length, parameter.dtype);
    }

    private static void Steps(Optimizer optimizer, List<(string Name, Parameter Parameter)> weights, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            SetGradients(weights, step);
            optimizer.Step(Rates[step]);
        }
    }

    private static Tensor Waves(long[] shape, double phase, ScalarType type) =>
        arange(shape.Aggregate((a, b) => a * b), dtype: ScalarType.Float64).mul(1.7).add(phase).sin().reshape(shape).to(type);
}
