using PublicApiGenerator;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>What users can call changes only on purpose.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "SIMCLR_ACCEPT_API";

    private static readonly string Approved =
        Path.Combine(RealData.RepositoryRoot, "tests", "SimClr.Tests", "House", "PublicApi.approved.txt");

    [Fact]
    public void The_public_api_is_the_approved_one()
    {
        var actual = typeof(SimClr.Images.RgbImage).Assembly.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
        }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1") File.WriteAllText(Approved, actual);
        var approved = File.Exists(Approved) ? File.ReadAllText(Approved).ReplaceLineEndings("\n") : "";
        if (actual == approved) return;
        var added = actual.Split('\n').Except(approved.Split('\n')).Select(line => "+ " + line.Trim());
        var removed = approved.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line.Trim());
        Assert.Fail($"The public API differs from {Path.GetFileName(Approved)}. If that is meant, run the tests once with "
            + $"{AcceptVariable}=1, and tell users in CHANGELOG.md.\n{string.Join('\n', removed.Concat(added))}");
    }
}
