using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Tests.Fixtures;
using SimClr.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Training;

public sealed class GradientCacheTests
{
    private static readonly NtXent Loss = new() { Temperature = 0.2 };

    public GradientCacheTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)] // 5 and 6: the eleventh image is not alone
    public void Any_function_of_single_views_has_the_whole_batchs_gradient(int size)
    {
        using var scope = NewDisposeScope();
        var views = Images(22, 4).to(ScalarType.Float64);
        var weight = tensor(HashedTensors.Image(7, 1, 48 * 6), [48, 6], ScalarType.Float64).requires_grad_();
        (Tensor, Tensor) Embed(Tensor x)
        {
            var h = x.flatten(1);                // [2m, 48]
            return (h, h.mm(weight).tanh());     // [2m, 6]
        }

        var (h, z) = Embed(views);
        var whole = Loss.Compute(z);
        whole.Loss.backward();
        var expected = weight.grad!.clone();
        weight.grad = null;

        var seen = new GradientCache(Embed, Embed, x => Loss.Compute(x)) { Lengths = (48, 6) }
            .Backward(new(views, Small: null, 11), MicroBatch.Split(11, size));
        AssertClose(expected, weight.grad!, 1e-13); // sums in another order, in float64
        AssertClose(whole.Loss, seen.Loss, 1e-13);
        AssertClose(h, seen.Representations, 0);
        AssertClose(z, seen.Projections, 1e-14);
        Assert.False(seen.Loss.requires_grad || seen.Projections.requires_grad);
        Assert.Equal(whole.ContrastiveTop1.item<double>(), seen.ContrastiveTop1.item<double>());
        AssertClose(whole.Entropy, seen.Entropy, 1e-13);
    }

    [Fact]
    public void Small_views_have_their_part_of_the_whole_batchs_gradient()
    {
        using var scope = NewDisposeScope();
        using var model = Model(recompute: false);
        var views = new StepViews(Images(20, 16), Images(30, 8), Images: 10); // two of 16 px and three of 8 px of each
        views.Through(model.RepresentAndProject);
        model.eval();
        var (h, z) = views.Through(model.RepresentAndProject);
        Loss.Compute(z, labels: null, views: 5).Loss.backward();
        var expected = Gradients(model);

        var lengths = (model.Encoder.FeatureDimension, model.Head.OutputDimension);
        var cache = new GradientCache(model.RepresentAndProject, model.RepresentAndProject,
            all => Loss.Compute(all, labels: null, views: 5))
        {
            Lengths = lengths,
        };
        var seen = cache.Backward(views, MicroBatch.Split(10, 4, views: 5));
        AssertClose(h, seen.Representations, 1e-5);
        AssertClose(z, seen.Projections, 1e-5);
        foreach (var (name, gradient) in Gradients(model)) AssertClose(expected[name], gradient, 1e-5); // float32
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_without_batch_statistics_has_the_whole_batchs_gradient(bool recompute)
    {
        using var scope = NewDisposeScope();
        using var model = Model(recompute);
        var views = Images(20, 8);
        model.call(views);
        model.eval(); // batch norms use running statistics: a row does not depend on the others
        Loss.Compute(model.call(views)).Loss.backward();
        var expected = Gradients(model);

        Cache(model).Backward(new(views, Small: null, 10), MicroBatch.Split(10, 4));
        foreach (var (name, gradient) in Gradients(model)) AssertClose(expected[name], gradient, 1e-5); // float32
    }

    /// <summary>The same in one graph, which holds all micro-batches at once.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void Batch_norms_see_a_micro_batch_at_a_time_and_their_running_statistics_see_it_once(ScalarType type, bool recompute)
    {
        using var scope = NewDisposeScope();
        using var model = Model(recompute);
        using var reference = Model(recompute: false);
        var views = Images(20, 8).to(type);
        var z = new List<Tensor>();
        foreach (var (first, end) in new[] { (0, 4), (4, 8), (8, 10) })
            z.Add(reference.call(cat([views[first..end], views[(10 + first)..(10 + end)]]))); // [2m, p]
        var firsts = cat([z[0][..4], z[1][..4], z[2][..2]]);                                  // [N, p]
        var seconds = cat([z[0][4..], z[1][4..], z[2][2..]]);                                 // [N, p]
        var expected = Loss.Compute(cat([firsts, seconds]));
        expected.Loss.backward();

        var seen = Cache(model).Backward(new(views, Small: null, 10), MicroBatch.Split(10, 4));
        AssertClose(expected.Loss, seen.Loss, 0);
        AssertClose(cat([firsts, seconds]), seen.Projections, 0);
        var gradients = Gradients(model);
        // The sum over micro-batches may be in another order.
        foreach (var (name, gradient) in Gradients(reference)) AssertClose(gradient, gradients[name], 1e-6);
        foreach (var (name, value) in reference.state_dict()) AssertClose(value, model.state_dict()[name], 0);
        Assert.Equal(3, model.state_dict()["encoder.layer4.1.bn1.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void One_part_is_the_plain_step_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        using var model = Model(recompute: false);
        using var reference = Model(recompute: false);
        var views = Images(12, 8);
        Loss.Compute(reference.call(views)).Loss.backward();
        Cache(model).Backward(new(views, Small: null, 6), [new(0, 6)]);
        var gradients = Gradients(model);
        foreach (var (name, gradient) in Gradients(reference)) AssertClose(gradient, gradients[name], 0);
        foreach (var (name, value) in reference.state_dict()) AssertClose(value, model.state_dict()[name], 0);
    }

    /// <summary>Without a graph libtorch may have other kernels; the gradient must be of the z that was compared.</summary>
    [Theory]
    [InlineData("resnet18", false, ScalarType.Float32)]
    [InlineData("resnet18", false, ScalarType.BFloat16)]
    [InlineData("resnet50", true, ScalarType.Float32)]
    [InlineData("resnet50", true, ScalarType.BFloat16)]
    public void Both_passes_compute_the_same_bits(string name, bool selective, ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var recompute in new[] { false, true })
        {
            var encoder = new ResNetOptions
            {
                Name = name,
                Width = selective ? 0.5 : 1,
                Stem = StemKind.Cifar,
                SelectiveKernels = selective,
                ZeroInitResidual = false,
            };
            using var model = new SimClrModel(encoder with { RecomputeBlocks = recompute }, new(), seed: 4);
            var pass = new List<(Tensor H, Tensor Z)>();
            (Tensor, Tensor) Embed(Tensor x)
            {
                var (h, z) = model.RepresentAndProject(x);
                pass.Add((h.detach().DetachFromDisposeScope(), z.detach().DetachFromDisposeScope()));
                return (h, z);
            }

            var cache = new GradientCache(Embed, Embed, z => Loss.Compute(z))
            {
                Lengths = (model.Encoder.FeatureDimension, model.Head.OutputDimension),
            };
            cache.Backward(new(Images(8, 16).to(type), Small: null, 4), MicroBatch.Split(4, 2));
            for (var i = 0; i < 2; i++)
            {
                AssertClose(pass[i].H, pass[2 + i].H, 0);
                AssertClose(pass[i].Z, pass[2 + i].Z, 0);
            }
            foreach (var (h, z) in pass)
            {
                h.Dispose();
                z.Dispose();
            }
        }
    }

    [Fact]
    public void Nothing_but_the_result_and_the_gradients_is_left()
    {
        using var scope = NewDisposeScope();
        using var model = Model(recompute: true);
        using var views = Images(20, 8);
        var counts = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope()) Cache(model).Backward(new(views, Small: null, 10), MicroBatch.Split(10, 4));
            counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Single(counts.Skip(1).Distinct()); // gradients appear with the first and stay
    }

    private static SimClrModel Model(bool recompute) => new(
        new() { Width = 0.25, Stem = StemKind.Cifar, ZeroInitResidual = false, RecomputeBlocks = recompute },
        new() { OutputDimension = 16 }, seed: 3);

    private static GradientCache Cache(SimClrModel model) => new(
        model.RepresentAndProject,
        views =>
        {
            using var held = BatchNormalization.HoldStatistics(model);
            return model.RepresentAndProject(views);
        },
        z => Loss.Compute(z))
    {
        Lengths = (model.Encoder.FeatureDimension, model.Head.OutputDimension),
    };

    /// <summary>The gradients, which are taken away.</summary>
    private static Dictionary<string, Tensor> Gradients(SimClrModel model)
    {
        var gradients = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        foreach (var parameter in model.parameters()) parameter.grad = null;
        return gradients;
    }

    private static Tensor Images(int count, int size) =>
        tensor(HashedTensors.Image(3, 9, 3L * count * size * size), [count, 3, size, size]);

    /// <summary>Compares by the largest difference, as a fraction of the largest value.</summary>
    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (want, have) = (expected.detach().to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        Assert.Equal(want.shape, have.shape);
        var difference = (want - have).abs().max().item<double>();
        var largest = want.abs().max().item<double>();
        Assert.True(difference <= tolerance * largest, $"{difference} of {largest}");
    }
}
