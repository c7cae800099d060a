using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using SimClr.Settings;

namespace SimClr.Tests.Settings;

/// <summary>Settings with a fixed set of values, and their words.</summary>
public sealed class SettingChoicesTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void The_json_form_is_byte_for_byte_that_of_earlier_versions()
    {
        AssertKept("defaults", new());
        foreach (var name in Preset.Names) AssertKept(name, PretrainingOptions.Compose(Preset.Load(name).Settings));

        void AssertKept(string name, PretrainingOptions options)
        {
            var kept = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Settings", name + ".json"));
            Assert.Equal(kept, options.ToJson().ToJsonString(Indented) + "\n");
            Assert.Equal(options, PretrainingOptions.Compose(JsonNode.Parse(kept)!.AsObject()));
        }
    }


    [Fact]
    public void Every_value_of_a_fixed_set_has_a_word_and_comes_back_from_it()
    {
        AssertWords(SettingChoices.Encoder, Enum.GetValues<EncoderKind>());
        AssertWords(SettingChoices.Stem, [null, .. Enum.GetValues<StemKind>()]);
        AssertWords(SettingChoices.Normalization, Enum.GetValues<NormalizationKind>());
        AssertWords(SettingChoices.Initialization, Enum.GetValues<KernelInitialization>());
        AssertWords(SettingChoices.Head, Enum.GetValues<ProjectionHeadKind>());
        AssertWords(SettingChoices.Loss, Enum.GetValues<ObjectiveKind>());
        AssertWords(SettingChoices.Negatives, Enum.GetValues<NegativeMining>());
        AssertWords(SettingChoices.Optimizer, Enum.GetValues<OptimizerKind>());
        AssertWords(SettingChoices.LearningRateScaling, Enum.GetValues<LearningRateScaling>());
        AssertWords(SettingChoices.NonFinite, Enum.GetValues<NonFiniteRule>());
        AssertWords(SettingChoices.Precision, Enum.GetValues<Precision>());
        Assert.Equal(ResNetOptions.Names, SettingChoices.Encoder.Words);

        static void AssertWords<T>(Choices<T> choices, IReadOnlyCollection<T> values)
        {
            Assert.Equal(values.Count, choices.Words.Count);
            foreach (var value in values) Assert.Equal(value, choices.Parse(choices.WordOf(value)));
        }
    }

    [Fact]
    public void A_value_outside_its_fixed_set_is_refused_and_never_means_the_default()
    {
        var options = new PretrainingOptions();
        AssertRefused("Encoder", () => (options.Model with { Encoder = (EncoderKind)9 }).Validated());
        AssertRefused("Stem", () => (options.Model with { Stem = (StemKind)9 }).Validated());
        AssertRefused("Normalization", () => (options.Model with { Normalization = (NormalizationKind)9 }).ToNormalization());
        AssertRefused("Initialization", () => (options.Model with { Initialization = (KernelInitialization)9 }).Validated());
        AssertRefused("Head", () => (options.Model with { Head = (ProjectionHeadKind)9 }).Validated());
        AssertRefused("Loss", () => (options.Objective with { Loss = (ObjectiveKind)9 }).Create());
        AssertRefused("Negatives", () => (options.Objective with { Negatives = (NegativeMining)9 }).Validated());
        AssertRefused("Optimizer", () => (options.Optimization with { Optimizer = (OptimizerKind)9 }).Validated());
        AssertRefused("LearningRateScaling",
            () => (options.Schedule with { LearningRateScaling = (LearningRateScaling)9 }).Validated());
        AssertRefused("Precision", () => (options.Compute with { Precision = (Precision)9 }).Validated());
        AssertRefused("NonFinite", () => (options with { NonFinite = (NonFiniteRule)9 }).ToJson());

        static void AssertRefused(string setting, Func<object> use)
        {
            var error = Assert.Throws<SettingsException>(use);
            Assert.StartsWith($"{setting} must be one of ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(", not '9'.", error.Message, StringComparison.Ordinal);
            Assert.Equal(setting, error.Setting);
        }
    }

    [Fact]
    public void A_part_that_is_null_is_refused_by_its_name()
    {
        var error = Assert.Throws<SettingsException>(() => new PretrainingOptions { Schedule = null! }.Validated());
        Assert.Equal(("Schedule must be a record of settings, not null.", "Schedule"), (error.Message, error.Setting));
    }
}
