using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Augmentation;

public class OperationParityTests
{
    private const string Noise = "image_ops_noise.safetensors";
    private const string Natural = "image_ops_natural.safetensors";

    [Fact]
    public void Every_operation_equals_torchvisions_on_noise_and_colour_ties() =>
        Assert.Equal(103, new OperationParity(Noise, Golden.Arrays(Noise)).CheckOperations());

    [Fact]
    public void Whole_views_equal_torchvisions_on_noise() =>
        Assert.Equal(6, new OperationParity(Noise, Golden.Arrays(Noise)).CheckPipelines());

    [Fact]
    public void Operations_and_views_equal_torchvisions_on_photographs()
    {
        // Photographs without a licence: not part of the repository, read from beside the real data.
        var data = Environment.GetEnvironmentVariable("SIMCLR_TEST_DATA") is { Length: > 0 } named
            ? named
            : Path.Combine(RealData.RepositoryRoot, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(data, "..", "fixtures", Natural));
        Assert.SkipUnless(File.Exists(path), $"{Natural} is not in a folder 'fixtures' beside the real data (see SIMCLR_TEST_DATA).");
        var parity = new OperationParity(Natural, Golden.ArraysAt(path));
        Assert.Equal(85, parity.CheckOperations());
        Assert.Equal(10, parity.CheckPipelines());
    }
}
