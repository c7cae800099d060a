namespace SimClr.Classification;

/// <summary>Whether the encoder of a classifier was fine-tuned, and what speaks for it.</summary>
/// <param name="Chosen">
/// The part that was trained: <c>never</c>, <c>last-1</c>, <c>last-2</c>, <c>last-3</c> or <c>all</c>.
/// </param>
/// <param name="Compared">
/// What was compared in cross-validation, the encoder as it is first; empty where fine-tuning was not asked for.
/// </param>
public sealed record FineTuningQuality(string Chosen, IReadOnlyList<ComparedFineTuning> Compared);

/// <summary>One way to train an encoder along with a classifier, in cross-validation.</summary>
/// <param name="Finetune">The part that was trained, in the same words.</param>
/// <param name="Top1">Part of the held-out images whose most likely class is right.</param>
/// <param name="Top1Deviation">Standard deviation of the folds' accuracies.</param>
/// <param name="LogLoss">Mean cross-entropy of the held-out images in nats, with a temperature fitted to the other folds.</param>
public sealed record ComparedFineTuning(string Finetune, double Top1, double Top1Deviation, double LogLoss);
