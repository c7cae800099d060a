using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Numerics;
using SimClr.Runs;
using SimClr.Search;
using SimClr.Settings;

namespace SimClr.Studies;

/// <summary>How well a representation finds planted copies among all pairs of images.</summary>
/// <param name="Name">The source of the vectors, and the additional check of a pair where there is one.</param>
/// <param name="AveragePrecision">Area under the curve of precision over recall.</param>
/// <param name="RecallAt99">The most copies found at a precision of 99 %, as a share; and so on.</param>
/// <param name="RecallAt95">At 95 %.</param>
/// <param name="RecallAt90">At 90 %.</param>
/// <param name="Suggested">
/// The threshold that <see cref="SuggestedThreshold"/> gives for these images; null with a check.
/// </param>
/// <param name="Recall">Share of the copies that the suggested threshold finds.</param>
/// <param name="Precision">Share of copies among the pairs that it finds.</param>
/// <param name="RecallByKind">Its recall for each kind of copy.</param>
public sealed record DuplicateScore(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("average_precision")] double AveragePrecision,
    [property: JsonPropertyName("recall_at_99")] double RecallAt99,
    [property: JsonPropertyName("recall_at_95")] double RecallAt95,
    [property: JsonPropertyName("recall_at_90")] double RecallAt90,
    [property: JsonPropertyName("suggested_threshold")] double? Suggested,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("recall_by_kind")] IReadOnlyDictionary<string, double>? RecallByKind);

/// <summary>
/// How well altered copies (<see cref="CopyKind"/>) are found among images, by a run's encoder, its head's output, the same
/// network untrained, and raw pixels. A pair is right when one is the other's planted copy; images that were alike before
/// count as wrong, although they may be duplicates.
/// </summary>
/// <param name="Data">The originals.</param>
/// <param name="Originals">How many.</param>
/// <param name="Copies">Planted copies of all kinds together.</param>
/// <param name="Scores">One for each representation.</param>
public sealed record DuplicateQuality(
    [property: JsonPropertyName("data")] string Data,
    [property: JsonPropertyName("originals")] int Originals,
    [property: JsonPropertyName("copies")] int Copies,
    [property: JsonPropertyName("scores")] IReadOnlyList<DuplicateScore> Scores)
{
    // Correlations of pixels that a pair must reach in addition to its cosine.
    private static readonly double[] Checks = [0.8, 0.9, 0.95];

    /// <summary>Measures.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="stage">Receives the name of the current stage; or null.</param>
    /// <param name="cancellationToken">Checked regularly.</param>
    /// <exception cref="SettingsException">An option is out of bounds.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="DataException">The images cannot be read, or are too few.</exception>
    public static DuplicateQuality Measure(
        DuplicateQualityOptions options, IProgress<string>? stage = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        PlantedCopies? planted = null;
        var (originals, title) = (0, "");
        DataSplits Open(int side)
        {
            var data = DatasetSource.Open(options.Data, side);
            var source = Subset.Limited(options.Part == "train" ? data.Train : data.Test, options.Limit, options.Seed);
            (originals, title) = (source.Count, source.Name);
            planted = new PlantedCopies(source, options.Kinds, options.Copies, options.Seed);
            return data with { Test = planted };
        }
        var request = new EvaluationRequest
        {
            Run = options.Run,
            Data = options.Data,
            Compute = new() { Device = options.Device, Threads = options.Threads },
            Seed = options.Seed,
        };
        FeatureSet? encoded = null, pixels = null;
        var (scores, curves) = (new List<DuplicateScore>(), new List<(string, DuplicateCurve)>());
        foreach (var (name, features) in ComparedRepresentations.Of(request.Validated(), Open,
                     options.Kinds.Contains(CopyKind.Mirrored), stage, cancellationToken))
        {
            using var judged = features;
            var set = judged.Test.Validated();
            if (name == ComparedRepresentations.Encoder) encoded = set;
            if (name == ComparedRepresentations.RawPixels) pixels = Centered(set);
            stage?.Report($"{name}: all pairs of {set.Count:N0} images");
            Add(name, set);
        }
        Add("centered pixels", pixels!);
        foreach (var least in Checks)
        {
            stage?.Report(FormattableString.Invariant($"encoder, and pixels that correlate by {least:0.00}"));
            var name = FormattableString.Invariant($"encoder, pixels correlate by {least:0.00}");
            var curve = DuplicateCurve.Compute(encoded!, [.. planted!.Pairs.Select(pair => (pair.Original, pair.Copy))],
                (i, j) => ExactSearch.Dot(pixels!.Row(i), pixels.Row(j)) >= least, cancellationToken);
            curves.Add((name, curve));
            scores.Add(Score(name, curve));
        }
        if (options.Plot is { } plot) DuplicatePlot.Write(plot, title, curves);
        return new(title, originals, planted!.Count - originals, scores);

        void Add(string name, FeatureSet set)
        {
            (int, int)[] Of(CopyKind? kind) =>
                [.. planted!.Pairs.Where(pair => kind is null || pair.Kind == kind).Select(pair => (pair.Original, pair.Copy))];
            var curve = DuplicateCurve.Compute(set, Of(null), check: null, cancellationToken);
            var suggested = SuggestedThreshold.Compute(set, cancellationToken).Cosine;
            var (recall, precision) = curve.Above(suggested);
            var kinds = options.Kinds.ToDictionary(kind => $"{kind}".ToLowerInvariant(),
                kind => Of(kind).Average(pair => Cosine(set, pair) >= suggested ? 1.0 : 0));
            curves.Add((name, curve));
            scores.Add(Score(name, curve) with
            {
                Suggested = suggested,
                Recall = recall,
                Precision = precision,
                RecallByKind = kinds,
            });
        }
    }

    private static DuplicateScore Score(string name, DuplicateCurve curve) => new(name, curve.AveragePrecision,
        curve.At(0.99)?.Recall ?? 0, curve.At(0.95)?.Recall ?? 0, curve.At(0.9)?.Recall ?? 0, null, null, null, null);

    private static double Cosine(FeatureSet set, (int Original, int Copy) pair) =>
        ExactSearch.Dot(set.Row(pair.Original), set.Row(pair.Copy))
        / (UnitLength.Norm(set.Row(pair.Original)) * UnitLength.Norm(set.Row(pair.Copy)));

    /// <summary>Pixels with mean 0 and length 1, whose products are correlations.</summary>
    private static FeatureSet Centered(FeatureSet pixels)
    {
        var values = pixels.Values.ToArray();
        for (var i = 0; i < pixels.Count; i++)
        {
            var row = values.AsSpan(i * pixels.Dimension, pixels.Dimension);
            var sum = 0.0;
            foreach (var value in row) sum += value;
            foreach (ref var value in row) value -= (float)(sum / row.Length);
            UnitLength.Scale(row, UnitLength.Norm(row));
        }
        return pixels with { Values = values };
    }
}
