using System.Reflection;
using PublicApiGenerator;
using SimClr.AspNetCore;
using SimClr.Extensions;
using SimClr.Images;
using SimClr.Postgres;
using SimClr.Pretrained;
using SimClr.Reporting;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>What users can call changes only on purpose.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "SIMCLR_ACCEPT_API";

    private static readonly Assembly[] Libraries =
    [
        typeof(RgbImage).Assembly, typeof(RunReport).Assembly, typeof(Study).Assembly, typeof(SearchServer).Assembly,
        typeof(PostgresImageIndex).Assembly, typeof(ImageEmbeddingGenerator).Assembly, typeof(PretrainedEncoders).Assembly,
    ];

    public static TheoryData<string> Names() => [.. Libraries.Select(library => library.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_public_api_is_the_approved_one(string name)
    {
        var file = Path.Combine(RealData.RepositoryRoot, "tests", "SimClr.Tests", "House", $"PublicApi.{name}.approved.txt");
        var actual = Libraries.Single(library => library.GetName().Name == name).GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
        }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1") File.WriteAllText(file, actual);
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (actual == approved) return;
        var added = actual.Split('\n').Except(approved.Split('\n')).Select(line => "+ " + line.Trim());
        var removed = approved.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line.Trim());
        Assert.Fail($"The public API differs from {Path.GetFileName(file)}. If that is meant, run the tests once with "
            + $"{AcceptVariable}=1, and tell users in CHANGELOG.md.\n{string.Join('\n', removed.Concat(added))}");
    }
}
