using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>
/// The source that <see cref="PretrainingOptions.InitialWeights"/> names: a file, or a run with its encoder and head.
/// </summary>
internal static class StartingWeights
{
    /// <summary>Fills a model: the encoder must fit, a head is taken where the named run has the same.</summary>
    /// <returns>Where the weights came from; null where the settings name none.</returns>
    /// <exception cref="WeightsException">The file cannot be read or holds another network.</exception>
    /// <exception cref="RunFolderException">The run is not finished, or its images were normalized in another way.</exception>
    public static WeightsOrigin? Load(PretrainingOptions options, SimClrModel model)
    {
        if (options.InitialWeights == "") return null;
        var normalization = options.Model.Normalization;
        var start = EncoderCache.Resolve(options.InitialWeights);
        if (!Directory.Exists(start)) return LoadEncoder(model, start, normalization);
        var run = RunFolder.Open(start);
        run.RequireEncoder();
        RequireNormalization(run.Path, run.ReadConfig().Options.Model.Normalization, normalization);
        return LoadEncoder(model, run.Encoder, normalization) with { WithHead = LoadHead(model, run.Projection) };
    }

    private static void RequireNormalization(string path, NormalizationKind theirs, NormalizationKind ours)
    {
        var words = SettingChoices.Normalization;
        if (theirs == ours) return;
        throw new RunFolderException($"{path} is used to images of {nameof(ModelOptions.Normalization)} "
            + $"{words.WordOf(theirs)}, and the settings say {words.WordOf(ours)}; give the same.")
        {
            Setting = nameof(ModelOptions.Normalization),
            File = path,
        };
    }

    private static WeightsOrigin LoadEncoder(SimClrModel model, string file, NormalizationKind normalization)
    {
        using var source = EncoderFile.Open(file);
        if (source.Pixels is { } pixels) RequireNormalization(file, ModelOptions.KindOf(pixels), normalization);
        var report = EncoderWeights.Load(model.Encoder, source);
        return new WeightsOrigin(Path.GetFullPath(file), WeightsOrigin.HashOf(file), report.Prefix);
    }

    /// <summary>Another head is no mistake: it stays as it was drawn.</summary>
    private static bool LoadHead(SimClrModel model, string file)
    {
        if (!File.Exists(file) || !ModuleWeights.Fits(model.Head, file)) return false;
        ModuleWeights.Load(model.Head, file);
        return true;
    }
}
