using SimClr.Losses;
using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Losses;

public sealed class SupervisedContrastiveTests
{
    public SupervisedContrastiveTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void With_every_image_its_own_class_or_none_it_is_NT_Xent()
    {
        using var scope = NewDisposeScope();
        var z = tensor(ObjectiveCase.Rows(8, 5), [16, 5]);
        var expected = new NtXent { Temperature = 0.2 }.Compute(z).Loss.item<double>();
        foreach (var labels in (Tensor[])[arange(8), full(8, -1, dtype: ScalarType.Int64), arange(8) * 3 - 10])
            Assert.Equal(expected, new SupervisedContrastive { Temperature = 0.2 }.Compute(z, labels).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Names_and_integer_type_of_classes_do_not_matter()
    {
        using var scope = NewDisposeScope();
        var z = tensor(ObjectiveCase.Rows(6, 5), [12, 5]);
        var loss = new SupervisedContrastive();
        var expected = loss.Compute(z, tensor([0L, 1, 1, 0, 2, -1])).Loss.item<double>();
        Assert.Equal(expected, loss.Compute(z, tensor([900L, 5, 5, 900, 0, -7])).Loss.item<double>(), 1e-12);
        Assert.Equal(expected, loss.Compute(z, tensor([0, 1, 1, 0, 2, -1])).Loss.item<double>());
    }

    [Fact]
    public void Classes_far_apart_give_the_closed_form()
    {
        using var scope = NewDisposeScope();
        var (n, classes, temperature) = (12, 3, 0.25);
        var labels = arange(n).remainder(classes);
        var z = eye(classes, dtype: ScalarType.Float64)[labels].repeat(2, 1) * 4; // [2N, 3]
        // 7 positives at similarity 1, 16 others at 0.
        var expected = Math.Log(7 + 16 * Math.Exp(-1 / temperature));
        var loss = new SupervisedContrastive { Temperature = temperature };
        Assert.Equal(expected, loss.Compute(z, labels).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Labels_are_required_one_for_each_image()
    {
        using var scope = NewDisposeScope();
        var loss = new SupervisedContrastive();
        Assert.True(loss.NeedsLabels);
        foreach (var labels in (Tensor?[])[null, zeros(8), zeros(4, 1)])
            Assert.Contains("needs labels [4]", Assert.Throws<ArgumentException>(() => loss.Compute(ones(8, 2), labels)).Message);
    }
}
