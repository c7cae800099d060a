using SimClr.Native;
using SimClr.Optimization;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace SimClr.Torch.Tests.Optimization;

public class ParameterGroupTests
{
    public ParameterGroupTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Neighbors_go_together_up_to_the_limit_and_what_is_larger_goes_alone()
    {
        int[][] Groups(long limit, params long[] sizes) => [.. ParameterGroup.Partition(sizes, limit)];
        Assert.Equal([[0, 1], [2], [3], [4, 5]], Groups(10, 4, 6, 1, 50, 9, 1));
        Assert.Equal([[0], [1, 2]], Groups(10, 11, 10, 0));
        Assert.Equal([[0, 1, 2]], Groups(long.MaxValue, 1L << 40, 1, 1L << 40));
        Assert.Empty(Groups(10));
    }

    [Fact]
    public void What_has_no_gradient_is_left_out_of_all_lists_and_back_when_it_has_one()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = [.. Enumerable.Range(1, 3).Select(i => new Parameter(ones(i)))];
        Tensor[] momenta = Array.ConvertAll(parameters, p => zeros_like(p));
        var group = new ParameterGroup(parameters, [momenta]);
        Assert.All(group.WithGradients(), Assert.Empty);
        (parameters[0].grad, parameters[2].grad) = (ones(1), ones(3));
        var lists = group.WithGradients();
        Assert.Equal([parameters[0], parameters[2]], lists[0]);
        Assert.Equal([1, 3], lists[1].Select(g => g.shape[0]));
        Assert.Equal([momenta[0], momenta[2]], lists[2]);
        parameters[1].grad = ones(2);
        lists = group.WithGradients();
        Assert.Equal(parameters, lists[0]);
        Assert.Equal([1, 2, 3], lists[1].Select(g => g.shape[0]));
        Assert.Equal(momenta, lists[2]);
    }

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Weights_stored_channels_last_step_as_others_and_stay_so(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        Tensor[] start = [.. Enumerable.Range(0, 4).Select(i => randn(6, 5 + i, 3, 3, generator: generator))];
        List<(string Name, Parameter Parameter)> plain = [.. start.Select((t, i) => ($"w{i}", new Parameter(t.clone())))];
        List<(string Name, Parameter Parameter)> last = [.. start.Select((t, i) => ($"w{i}", new Parameter(ChannelsLast(t))))];
        var options = new OptimizerOptions { Kind = kind, WeightDecay = 0.01, Nesterov = true };
        using var ofPlain = Optimizer.Create(options, plain);
        using var ofLast = Optimizer.Create(options, last);
        for (var step = 0; step < 4; step++)
        {
            for (var i = 0; i < start.Length; i++)
            {
                var gradient = randn(start[i].shape, generator: generator);
                plain[i].Parameter.grad = gradient;
                // Gradients come in either order, as a convolution pleases.
                last[i].Parameter.grad = i % 2 == 0 ? ChannelsLast(gradient) : gradient.clone();
            }
            ofPlain.Step(0.1);
            ofLast.Step(0.1);
        }
        for (var i = 0; i < start.Length; i++)
        {
            // Norms are summed in another order: some roundings of float32 in values of order 1.
            Assert.InRange((plain[i].Parameter - last[i].Parameter).abs().max().item<float>(), 0, 1e-5f);
            Assert.True((plain[i].Parameter - start[i]).abs().max().item<float>() > 1e-4f);
            Assert.Equal(ChannelsLast(start[i]).stride(), last[i].Parameter.stride());
        }
        Assert.All(ofLast.State, s => Assert.Equal(1, s.Tensor.stride(1)));
    }

    [Theory]
    [InlineData(OptimizerKind.Lars)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void A_step_of_many_parameters_allocates_little_on_the_managed_heap(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        const int count = 200;
        List<(string Name, Parameter Parameter)> weights =
            [.. Enumerable.Range(0, count).Select(i => ($"w{i}", new Parameter(i % 3 == 0 ? ones(4, 3) : ones(4))))];
        using var optimizer = Optimizer.Create(new OptimizerOptions { Kind = kind, WeightDecay = 0.1 }, weights);
        foreach (var (_, parameter) in weights) parameter.grad = ones_like(parameter);
        for (var step = 0; step < 3; step++) optimizer.Step(0.1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        optimizer.Step(0.1);
        // A gradient's managed object and its place in the dispose scope take 100 to 150 bytes; a second tensor for each
        // parameter would exceed the bound.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, count * 200);
    }

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().clone().permute(0, 3, 1, 2);
}
