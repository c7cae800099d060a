using SimClr.Evaluation;
using SimClr.Reporting;
using Spectre.Console;

namespace SimClr.Cli.Display;

/// <summary>Which images figures are of.</summary>
internal static class DataLines
{
    /// <summary>In sentences.</summary>
    public static string Of(EvaluatedData? data) => data?.ToString() ?? "Data not recorded.";

    /// <summary>For all results of a run, a line for those of the same data.</summary>
    public static void Write(Session session, RunRecord record)
    {
        var results = record.Evaluations.Select(result => (Named(result), result.MeasuredOn))
            .Concat(record.Classifiers.Select(result =>
                ($"{Named(result.Protocol, result.Layer)} with {Numbers.Count(result.Labels)} labels", result.MeasuredOn)));
        if (record.Gallery is { } gallery) results = results.Append(("gallery", gallery.MeasuredOn));
        foreach (var group in results.GroupBy(result => result.MeasuredOn))
        {
            var place = group.Key is { } data ? $" ({data.Data})" : "";
            session.Results.WriteLine($"{string.Join(", ", group.Select(result => result.Item1))}{place}: {Of(group.Key)}");
        }
    }

    private static string Named(EvaluationResult result) =>
        Named(result.Protocol, result.Layer) + (result.UseViews is { } views ? $", means over {views} views" : "");

    private static string Named(string protocol, int layer) => layer > 0 ? $"{protocol}, layer {layer}" : protocol;
}
