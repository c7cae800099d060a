namespace SimClr.Models;

/// <summary>How the tensors of a file meet those of an encoder.</summary>
/// <param name="File">The file.</param>
/// <param name="Network">The network that the file holds: the encoder's where all fits, else by names and shapes.</param>
/// <param name="Prefix">The prefix of the encoder's names in the file; empty or ending in a dot.</param>
/// <param name="Matched">Torchvision's names of the tensors that fit.</param>
/// <param name="Missing">Names that the encoder has and the file lacks.</param>
/// <param name="Unexpected">Names within the file's encoder that the encoder lacks.</param>
/// <param name="Mismatched">Names of tensors with another shape or kind of number, with both sides in words.</param>
/// <param name="Ignored">
/// Names, as the file has them, that an encoder does not need: classifiers, heads, other networks, <c>num_batches_tracked</c>.
/// </param>
public sealed record WeightsReport(
    string File, ResNetOptions Network, string Prefix, IReadOnlyList<string> Matched, IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unexpected, IReadOnlyList<string> Mismatched, IReadOnlyList<string> Ignored)
{
    /// <summary>Whether the encoder can be filled from the file: nothing is missing, unexpected or of another shape.</summary>
    public bool Fits => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <summary>The network in words, for example <c>resnet50 of width 2 with the ImageNet stem</c>.</summary>
    public string Description => ResNetShape.Describe(Network);
}
