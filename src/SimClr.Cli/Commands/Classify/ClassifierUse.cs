using SimClr.Classification;
using SimClr.Settings;

namespace SimClr.Cli.Commands;

/// <summary>The options that say how images go through an encoder.</summary>
internal static class ClassifierUse
{
    public static OptionSet<ImageClassifierOptions> AddTo(PageCommand command, string heading) =>
        new OptionSet<ImageClassifierOptions>(command, new()).Under(heading)
            .Add(o => o.BatchSize, (o, v) => o with { BatchSize = v }, "N", "images per forward pass")
            .AddChoice(o => o.Precision, (o, v) => o with { Precision = v }, SettingChoices.Precision, "fp32, bf16 or auto")
            .Add(o => o.Device, (o, v) => o with { Device = v }, "NAME", "cpu, cuda, cuda:N or auto")
            .Add(o => o.Workers, (o, v) => o with { Workers = v }, "N", "threads that decode; 0 chooses");
}
