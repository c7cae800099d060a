using SimClr.Data;
using SimClr.Settings;

namespace SimClr.Cli.Display;

/// <summary>What a newcomer should know before a run begins.</summary>
internal static class FirstWords
{
    // With fewer images an encoder that was trained before is nearly always the better start.
    private const int EnoughToBeginFromNothing = 20_000;

    /// <summary>From which images a run learns, which it leaves alone, and what its first figures mean.</summary>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static IEnumerable<string> OfRun(PretrainingOptions options, OpenedData data)
    {
        var (train, test) = data.At(options.Model.DrawnSide);
        var count = options.Limit > 0 ? Math.Min(options.Limit, train.Count) : train.Count;
        var learns = $"Learns from {Numbers.Count(count)} images";
        yield return test.Count > 0
            ? $"{learns}; {Numbers.Count(test.Count)} others are held out, and only evaluations see them."
            : $"{learns}; none are held out, as there are no classes to evaluate by.";
        if (options.ChanceLoss is not null && options.InitialWeights == "")
            yield return "In the first epochs a loss above its chance level is normal: the encoder does not tell images apart "
                + "yet.";
    }

    /// <summary>Which preset suits a folder of images, where that is worth a line.</summary>
    /// <param name="data">The data.</param>
    /// <param name="given">The options that the user gave.</param>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static IEnumerable<string> OfPreset(OpenedData data, IEnumerable<string> given)
    {
        if (!Directory.Exists(data.Name) || given.Any(name => name is "--preset" or "--config")) yield break;
        var count = data.At(imageSize: 0).Train.Count;
        yield return $"No --preset was given. For a folder of {Numbers.Count(count)} images "
            + (count < EnoughToBeginFromNothing
                ? "begin with --preset adapt --initial-weights imagenet-resnet18; --preset folder learns from nothing."
                : "--preset folder learns from nothing; --preset adapt --initial-weights imagenet-resnet18 takes minutes.")
            + " Others suit textures, products, microscopy and aerial images.";
    }
}
