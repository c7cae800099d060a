using SimClr.Augmentation;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Augmentation;

public class OperationParityTests
{
    private const string Noise = "image_ops_noise.safetensors";
    private const string Natural = "image_ops_natural.safetensors";

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Every_operation_equals_torchvisions_on_noise_and_color_ties(int bits) =>
        Assert.Equal(103, new OperationParity(Noise, Golden.Arrays(Noise), (SimdWidth)bits).CheckOperations());

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Whole_views_equal_torchvisions_on_noise(int bits) =>
        Assert.Equal(6, new OperationParity(Noise, Golden.Arrays(Noise), (SimdWidth)bits).CheckPipelines());

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Operations_and_views_equal_torchvisions_on_photographs(int bits)
    {
        // Photographs without a license: not part of the repository, read from the folder of the real data.
        var data = Environment.GetEnvironmentVariable("SIMCLR_TEST_DATA") is { Length: > 0 } named
            ? named
            : Path.Combine(RealData.RepositoryRoot, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(data, "..", "fixtures", Natural));
        Assert.SkipUnless(File.Exists(path), $"{Natural} is not in 'fixtures' beside the real data (see SIMCLR_TEST_DATA).");
        var parity = new OperationParity(Natural, Golden.ArraysAt(path), (SimdWidth)bits);
        Assert.Equal(85, parity.CheckOperations());
        Assert.Equal(10, parity.CheckPipelines());
    }
}
