using SimClr.Fuzz;
using SimClr.Numerics;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Hardening;

/// <summary>
/// The fuzzers' targets in the small: every input of the corpus, among them all that fuzzing has found, and some hundred changed
/// ones do nothing that a file may not do: other exceptions than the documented, or memory beyond the reader's bound.
/// </summary>
public sealed class FuzzedReadersTests
{
    private const int Trials = 300;

    public static TheoryData<string> Readers() => [.. Targets.Names];

    [Theory]
    [MemberData(nameof(Readers))]
    public void The_corpus_is_read_or_refused(string reader)
    {
        using var target = Targets.ByName(reader)!;
        var files = Directory.GetFiles(Corpus(reader));
        Assert.True(files.Length >= 2, $"{files.Length} inputs for {reader}");
        foreach (var file in files)
        {
            var finding = Verdict.WithoutClock(target, File.ReadAllBytes(file)).Finding;
            Assert.True(finding is null, $"{file}: {finding}");
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Changed_inputs_are_read_or_refused(string reader)
    {
        using var target = Targets.ByName(reader)!;
        byte[][] corpus = [.. Directory.GetFiles(Corpus(reader)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        for (var trial = 0; trial < Trials; trial++)
        {
            var random = new CounterRandom(17, 0, trial, 0, DrawPurpose.Order);
            var (from, other) = (corpus[random.NextInt32(corpus.Length)], corpus[random.NextInt32(corpus.Length)]);
            var input = target.Mend(Mutator.Mutate(from, other, target.Words, random), random);
            var finding = Verdict.WithoutClock(target, input).Finding;
            Assert.True(finding is null, $"Trial {trial}, {Convert.ToBase64String(input)}: {finding}");
        }
    }

    private static string Corpus(string reader) => Path.Combine(RealData.RepositoryRoot, "fuzz", "corpus", reader);
}
