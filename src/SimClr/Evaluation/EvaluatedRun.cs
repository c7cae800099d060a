using SimClr.Data;
using SimClr.Features;

namespace SimClr.Evaluation;

/// <summary>
/// The results of an evaluation, and the features of the test part for drawings.
/// </summary>
/// <param name="Run">The run folder.</param>
/// <param name="Layer">The evaluated layer: 0 for the encoder, else a layer of the projection head.</param>
/// <param name="Results">A result for each protocol.</param>
/// <param name="MeasuredOn">The data.</param>
/// <param name="TestFeatures">A vector and a label for each test image that can be read.</param>
/// <param name="TestData">The test part.</param>
/// <param name="TestRows">Which image of the test part each vector is of.</param>
/// <param name="Seed">The request's seed.</param>
public sealed record EvaluatedRun(string Run, int Layer, IReadOnlyList<EvaluationResult> Results, EvaluatedData MeasuredOn,
    FeatureSet TestFeatures, IImageDataset TestData, int[] TestRows, ulong Seed)
{
    /// <summary>Over how many views of each image its features were averaged.</summary>
    public int UseViews { get; init; } = 1;
}
