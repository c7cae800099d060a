using System.Text.Json.Nodes;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>What the run that <see cref="PretrainingOptions.InitialWeights"/> names says of its network.</summary>
public static class StartingRun
{
    // The network must be the same, and images are given to it as it is used to.
    private static readonly string[] OfNetwork = ["encoder", "width", "selective_kernels", "normalization"];
    private static readonly string[] OfHead = ["head", "head_layers", "hidden_dimension", "projection_dimension"];

    /// <summary>The settings that make a run's network fit, for <see cref="PretrainingOptions.Compose"/>.</summary>
    /// <param name="initialWeights">A run, or the name of an encoder that is kept.</param>
    /// <returns>
    /// Encoder, width, stem, normalization and the side at which the finished encoder is given images; of the head all that makes
    /// it fit, where the run has one. Empty where no run is named: a file does not say how it is to be used.
    /// </returns>
    /// <exception cref="RunFolderException">The run's settings cannot be read.</exception>
    public static JsonObject SettingsOf(string initialWeights)
    {
        ArgumentNullException.ThrowIfNull(initialWeights);
        var folder = EncoderCache.Resolve(initialWeights);
        if (!Directory.Exists(folder)) return [];
        var run = RunFolder.Open(folder);
        var config = run.ReadConfig();
        var (all, model) = (config.Options.ToJson(), config.Options.Model);
        var settings = new JsonObject();
        foreach (var name in File.Exists(run.Projection) ? OfNetwork.Concat(OfHead) : OfNetwork)
            settings[name] = all[name]?.DeepClone();
        settings["stem"] = SettingChoices.Stem.WordOf(model.ToResNet().Stem);
        settings["evaluation_image_size"] = model.EvaluationSide;
        return settings;
    }
}
