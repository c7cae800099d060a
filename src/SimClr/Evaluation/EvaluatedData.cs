using System.Text.Json.Serialization;
using SimClr.Data;
using SimClr.Runs;

namespace SimClr.Evaluation;

/// <summary>
/// Which images a figure was measured on, which ones the classifier learned from, and whether pretraining had seen them.
/// </summary>
/// <param name="Data">DATA as the user wrote it, made absolute.</param>
/// <param name="Name">The data's name, for example <c>CIFAR-10</c>.</param>
/// <param name="Judged">The part whose images were judged.</param>
/// <param name="Learned">
/// The part with whose labels the classifier learned, or whose images voted; null where nothing learned, as for a gallery.
/// </param>
/// <param name="JudgedInPretraining">
/// How many of the judged images the encoder had learned from before; null where that cannot be told
/// (<see cref="PretrainingOverlap"/>), and for a network that was not pretrained.
/// </param>
public sealed record EvaluatedData(string Data, string Name, EvaluatedPart Judged, EvaluatedPart? Learned,
    int? JudgedInPretraining)
{
    /// <summary>Whether the network had been pretrained; else nothing is said of pretraining.</summary>
    public bool IsPretrained { get; init; } = true;

    /// <summary>Describes the judged and the learned images, and looks for the judged ones among those of pretraining.</summary>
    /// <param name="data">DATA.</param>
    /// <param name="parts">Its parts, as far as they are used.</param>
    /// <param name="pretraining">The run that pretrained the network, or null where nothing did.</param>
    /// <param name="cancellationToken">Checked between images.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static EvaluatedData Describe(string data, DataSplits parts, RunConfig? pretraining,
        CancellationToken cancellationToken) =>
        new(DatasetSource.Absolute(data), parts.Name, EvaluatedPart.Describe(parts.Test), EvaluatedPart.Describe(parts.Train),
            pretraining is null ? null : PretrainingOverlap.Count(pretraining, parts.Test, parts.Train, cancellationToken))
        {
            IsPretrained = pretraining is not null,
        };

    /// <summary>All of it in sentences.</summary>
    public override string ToString()
    {
        var (first, last) = Learned is { } learned ? ("Judged", $"Labels came from {learned}.") : ("Compared", "");
        return string.Join(' ', new[] { $"{first}: {Judged}.", Pretraining("them"), last }
            .Where(sentence => sentence.Length > 0));
    }

    /// <summary>
    /// Whether pretraining had seen the judged images, in a sentence; empty for a network that was not pretrained.
    /// </summary>
    /// <param name="them">The name of the images in messages.</param>
    public string Pretraining(string them) => (IsPretrained, JudgedInPretraining) switch
    {
        (false, _) => "",
        (_, null) => $"Whether pretraining had seen {them} is not known.",
        (_, 0) => $"Pretraining had seen none of {them}.",
        (_, var seen) when seen == Judged.Count => $"Pretraining had seen all of {them}.",
        (_, var seen) => FormattableString.Invariant($"Pretraining had seen {seen:#,0} of {them}."),
    };

    /// <summary>
    /// Whether it makes sense: a result may come from somebody else, and DATA becomes a part of commands to copy.
    /// </summary>
    [JsonIgnore]
    public bool IsPossible => Data is not (null or ['-', ..]) && Name is not null && IsPart(Judged)
        && (Learned is null || IsPart(Learned)) && (JudgedInPretraining ?? 0) is >= 0 and var seen && seen <= Judged.Count;

    private static bool IsPart(EvaluatedPart part) => part is { Name: not null, Fingerprint: not null, Count: >= 0 }
        && part.Count <= part.Total;
}
