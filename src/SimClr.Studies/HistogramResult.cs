using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>How well crops of an image know each other by their intensities alone.</summary>
/// <param name="Out">The study's folder.</param>
/// <param name="DataName">The dataset's name.</param>
/// <param name="Images">Images used, N; two crops of each.</param>
/// <param name="FoundWithout">Share of crops whose nearest histogram of 2N−1 is that of the image's other crop.</param>
/// <param name="FoundWith">The same with color distortion.</param>
public sealed record HistogramResult(string Out, string DataName, int Images, double FoundWithout, double FoundWith)
{
    /// <summary>The chance level, 1/(2N−1).</summary>
    public double Chance => 1.0 / (2 * Images - 1);

    /// <summary>One object: <c>study, out, data_name, pictures, found_without, found_with, chance</c>.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(
        new HistogramFigures(HistogramStudy.Name, Out, DataName, Images, FoundWithout, FoundWith, Chance),
        StudiesJson.Snake.HistogramFigures)!.AsObject();
}
