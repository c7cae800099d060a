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
        if (!Directory.Exists(options.InitialWeights)) return LoadEncoder(model, options.InitialWeights);
        var run = RunFolder.Open(options.InitialWeights);
        run.RequireEncoder();
        var (theirs, ours) = (run.ReadConfig().Options.Model.Normalization, options.Model.Normalization);
        var words = SettingChoices.Normalization;
        if (theirs != ours)
            throw new RunFolderException($"{run.Path} is used to images of {nameof(ModelOptions.Normalization)} "
                + $"{words.WordOf(theirs)}, and the settings say {words.WordOf(ours)}; give the same.")
            {
                Setting = nameof(ModelOptions.Normalization),
                File = run.Path,
            };
        return LoadEncoder(model, run.Encoder) with { WithHead = LoadHead(model, run.Projection) };
    }

    private static WeightsOrigin LoadEncoder(SimClrModel model, string file)
    {
        var report = EncoderWeights.Load(model.Encoder, file);
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
