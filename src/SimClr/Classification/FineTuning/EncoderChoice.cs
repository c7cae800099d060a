using SimClr.Settings;

namespace SimClr.Classification;

/// <summary>The encoder that a classifier is to stand on: the run's as it is, or a copy that is trained too.</summary>
/// <param name="Part">Which part of it is trained.</param>
/// <param name="Validation">The classifier on it in cross-validation.</param>
/// <param name="Quality">How good it is there.</param>
internal sealed record EncoderChoice(FineTunedPart Part, CrossValidation Validation, ImageClassifierQuality Quality)
{
    /// <summary>
    /// The cross-entropy by which encoders are compared, as strengths of the penalty are; with a temperature, since fine-tuned
    /// ones are surer of themselves. It tells more from a handful of images than how many of them are right.
    /// </summary>
    private double LogLoss => Quality.Calibrated.LogLoss;

    /// <summary>Cross-validates what was asked for, beside the encoder as it is, and chooses.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="tuning">Trains encoders.</param>
    /// <param name="progress">Receives a line for each fold; or null.</param>
    /// <param name="cancellationToken">Checked between steps and fits.</param>
    public static EncoderChoice Of(
        FineTunedPart asked, EncoderTuning tuning, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        List<EncoderChoice> choices = [];
        foreach (var part in Parts(asked))
        {
            var validation = tuning.CrossValidate(part, progress, cancellationToken);
            choices.Add(new(part, validation, ClassifierJudge.Of(validation, tuning.Frozen)));
        }
        var (asItIs, chosen) = (choices[0], asked == FineTunedPart.Auto ? choices.MinBy(one => one.LogLoss)! : choices[^1]);
        string[] doubt = chosen.LogLoss > asItIs.LogLoss
            ? ["In cross-validation the encoder does better as it is than fine-tuned; leave it so, or label more images."]
            : [];
        ComparedFineTuning[] compared = [.. choices.Select(one => one.ToCompared())];
        return chosen with
        {
            Quality = chosen.Quality with
            {
                Finetune = new(Word(chosen.Part), choices.Count > 1 ? compared : []),
                Warnings = [.. chosen.Quality.Warnings, .. doubt],
            },
        };
    }

    /// <summary>The word that stands for a part.</summary>
    public static string Word(FineTunedPart part) => SettingChoices.Finetune.WordOf(part);

    private static FineTunedPart[] Parts(FineTunedPart asked) => asked switch
    {
        FineTunedPart.Never => [FineTunedPart.Never],
        FineTunedPart.Auto => [FineTunedPart.Never, FineTunedPart.LastStage, FineTunedPart.All],
        _ => [FineTunedPart.Never, asked],
    };

    private ComparedFineTuning ToCompared() => new(Word(Part), Quality.Top1, Quality.Top1Deviation, LogLoss);
}
