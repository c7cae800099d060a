using System.Globalization;
using System.Text;

namespace SimClr.LoadLab;

/// <summary>What came of a round.</summary>
/// <param name="Plan">What was asked.</param>
/// <param name="Answers">The answers.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="AtStart">Resident memory of the server when it had started, in bytes.</param>
/// <param name="Peak">The most since then.</param>
/// <param name="After">What there was after the pause.</param>
/// <param name="Bound">What the server says it takes at most.</param>
internal sealed record LoadReport(LoadPlan Plan, IReadOnlyList<Answer> Answers, double Seconds, long AtStart, long Peak,
    long After, long Bound)
{
    /// <summary>What is not as it should be.</summary>
    public IReadOnlyList<string> Failures =>
    [
        .. Answers.Where(answer => !answer.IsRight(Plan.FullAt)).GroupBy(answer => (answer.Kind.Name, answer.Status))
            .Select(group => $"{group.Key.Name}: {group.Count()} x {Shown(group.Key.Status)}"),
        .. Answers.Count == Plan.Requests ? [] : (string[])[$"{Answers.Count} of {Plan.Requests} requests came to an end"],
        .. Peak <= Bound ? [] : (string[])[$"memory rose to {Mega(Peak)} MB, above the bound of {Mega(Bound)} MB"],
        .. After <= AtStart + Plan.Left ? []
            : (string[])[$"memory stayed at {Mega(After)} MB, from {Mega(AtStart)} MB at the start"],
    ];

    /// <summary>A table by kind, and the memory.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        Line(text, $"{"request",-26}{"count",6}{"p50 ms",10}{"p99 ms",10}{"max ms",10}  statuses");
        foreach (var kind in Answers.GroupBy(answer => answer.Kind.Name).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            Row(text, kind.Key, [.. kind]);
        Row(text, "all", Answers);
        Line(text, $"{Seconds:0.0} s; resident {Mega(AtStart)} MB at the start, {Mega(Peak)} MB at most, {Mega(After)} MB after "
            + $"a pause; the bound is {Mega(Bound)} MB");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, IReadOnlyList<Answer> answers)
    {
        var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
        var statuses = answers.GroupBy(answer => answer.Status).OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} x {Shown(group.Key)}");
        Line(text, $"{name,-26}{times.Length,6}{times[times.Length / 2],10:0.0}{times[(times.Length - 1) * 99 / 100],10:0.0}"
            + $"{times[^1],10:0.0}  {string.Join(", ", statuses)}");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Shown(int status) => status == 0 ? "no answer" : status.ToString(CultureInfo.InvariantCulture);

    private static long Mega(long bytes) => bytes / 1_000_000;
}
