using SimClr.Classification;
using SimClr.Features;

namespace SimClr.Cli.Commands;

/// <summary>The options that say how images go through the encoder of a classifier.</summary>
internal static class ClassifierUse
{
    public static OptionSet<ImageClassifierOptions> AddTo(PageCommand command, string heading) =>
        new OptionSet<ImageClassifierOptions>(command, new()).Under(heading).AddEncoder(Encoder, With);

    private static EmbedderOptions Encoder(ImageClassifierOptions use) => new()
    {
        BatchSize = use.BatchSize,
        Precision = use.Precision,
        Device = use.Device,
        Workers = use.Workers,
    };

    private static ImageClassifierOptions With(ImageClassifierOptions use, EmbedderOptions encoder) => use with
    {
        BatchSize = encoder.BatchSize,
        Precision = encoder.Precision,
        Device = encoder.Device,
        Workers = encoder.Workers,
    };
}
