namespace SimClr.Tests.Fixtures;

/// <summary>
/// Real images, which are not part of the repository: a folder named by <c>SIMCLR_TEST_DATA</c>, or <c>shared/data</c> next to
/// the checkout, with <c>cifar-10-batches-bin</c> and <c>imagenette-slice</c>. Tests that need them skip where they are absent.
/// </summary>
internal static class RealData
{
    public static string Cifar10() => Require("cifar-10-batches-bin");

    public static string Imagenette() => Require("imagenette-slice");

    /// <summary>The root of the checkout: the nearest folder upwards that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string Require(string name)
    {
        var root = Environment.GetEnvironmentVariable("SIMCLR_TEST_DATA") is { Length: > 0 } named
            ? named
            : Path.Combine(RepositoryRoot, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(root, name));
        Assert.SkipUnless(Directory.Exists(path), $"{name} is not there; set SIMCLR_TEST_DATA to the folder that holds it.");
        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimClr.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside a checkout.");
    }
}
