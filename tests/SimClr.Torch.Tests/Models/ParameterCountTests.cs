using SimClr.Models;
using SimClr.Native;

namespace SimClr.Torch.Tests.Models;

/// <summary>Sizes of the published encoders, from networks that have shapes but no memory.</summary>
public class ParameterCountTests
{
    public ParameterCountTests() => TorchRuntime.EnsureLoaded();

    // SimCLR v2 (arXiv:2006.10029), Table 1. Its millions count the running statistics of batch norm too; without them ResNet-152
    // 2x has 232.3, which would not round to the table's 233.
    [Theory]
    [InlineData("resnet50", 1, false, 24)]
    [InlineData("resnet50", 1, true, 35)]
    [InlineData("resnet50", 2, false, 94)]
    [InlineData("resnet50", 2, true, 140)]
    [InlineData("resnet101", 1, false, 43)]
    [InlineData("resnet101", 1, true, 65)]
    [InlineData("resnet101", 2, false, 170)]
    [InlineData("resnet101", 2, true, 257)]
    [InlineData("resnet152", 1, false, 58)]
    [InlineData("resnet152", 1, true, 89)]
    [InlineData("resnet152", 2, false, 233)]
    [InlineData("resnet152", 2, true, 354)]
    [InlineData("resnet152", 3, true, 795)]
    public void Encoders_of_the_second_paper_have_its_sizes(string name, double width, bool selective, int millions)
    {
        using var network = Outline(new ResNetOptions { Name = name, Width = width, SelectiveKernels = selective });
        var count = network.state_dict().Values.Where(t => t.is_floating_point()).Sum(t => t.numel());
        Assert.Equal(millions, Math.Round(count / 1e6));
    }

    // SimCLR (arXiv:2002.05709), Section 5 and Figure 7: 24, 94 and 375 million; exactly, torchvision's ResNet-50 without fc.
    [Theory]
    [InlineData(1, 24, 23_508_032)]
    [InlineData(2, 94, 93_907_072)]
    [InlineData(4, 375, 375_378_176)]
    public void Encoders_of_the_first_paper_have_its_sizes(double width, int millions, long parameters)
    {
        using var network = Outline(new ResNetOptions { Name = "resnet50", Width = width });
        var count = network.parameters().Sum(p => p.numel());
        Assert.Equal(parameters, count);
        Assert.Equal(millions, Math.Round(count / 1e6));
    }

    private static ResNet Outline(ResNetOptions options) => new(options, new InitialWeights(1, 0) { ShapesOnly = true });
}
