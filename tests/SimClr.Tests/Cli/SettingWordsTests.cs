using System.CommandLine;
using SimClr.Cli;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Studies;

namespace SimClr.Tests.Cli;

/// <summary>The library speaks of properties and methods, the command of options and commands.</summary>
public sealed class SettingWordsTests
{
    private static readonly Command Evaluate = new("evaluate"), Pretrain = new("pretrain");

    [Theory]
    [InlineData("BatchSize must be at least 1, not 0.", "--batch-size must be at least 1, not 0.", "BatchSize")]
    [InlineData("MicroBatch must be between 2 and BatchSize (8), not 9.",
        "--micro-batch must be between 2 and --batch-size (8), not 9.", "MicroBatch", "BatchSize")]
    [InlineData("Give one of Fraction, PerClass and LabelsFile.", "Give one of --fraction, --per-class and --labels.",
        "Fraction", "PerClass", "LabelsFile")]
    [InlineData("CertificateKey needs Certificate.", "--certificate-key needs --certificate.", "CertificateKey", "Certificate")]
    [InlineData("K must be at least 1, not 0.", "--k must be at least 1, not 0.", "K")]
    [InlineData("There is no index a; FileImageIndex.Update makes one.",
        "There is no index a; simclr index RUN DATA --out makes one.",
        "FileImageIndex.Update")]
    public void Names_become_options_and_commands(string message, string expected, params string[] named) =>
        Assert.Equal(expected, SettingWords.Of(new SettingsException(message) { Named = named }, Evaluate));

    [Fact]
    public void Values_paths_and_longer_words_stay()
    {
        Assert.Equal("--optimizer must be one of lars, sgd, not 'Optimizer'.",
            Of("Optimizer must be one of lars, sgd, not 'Optimizer'.", "Optimizer"));
        Assert.Equal("Layers of /data/Layer/x are none; leave out --layer.",
            Of("Layers of /data/Layer/x are none; leave out Layer.", "Layer"));
        Assert.Equal("Nothing is named.", Of("Nothing is named.", "Layer"));

        static string Of(string message, string setting) =>
            SettingWords.Of(new SettingsException(message) { Setting = setting }, Evaluate);
    }

    [Fact]
    public void What_is_quoted_from_the_cause_has_names_of_its_own()
    {
        var cause = new SettingsException("Epochs must be at least 1, not 0.") { Setting = "Epochs" };
        var damaged = new StudyException("study.json is damaged: Epochs must be at least 1, not 0; give another outFolder.",
            cause)
        {
            Named = ["outFolder"],
        };
        Assert.Equal("study.json is damaged: --epochs must be at least 1, not 0; give another --out.",
            SettingWords.Of(damaged, Evaluate));
        Assert.Equal("--epochs must be at least 1, not 0.", SettingWords.Of(new StudyException(cause.Message, cause), Evaluate));
    }

    [Fact]
    public void Going_on_is_an_option_of_pretrain_and_a_command_elsewhere()
    {
        var stopped = new RunFolderException("It was stopped; continue with Pretrainer.Resume.")
        {
            Named = [RunFolder.Resuming],
        };
        Assert.Equal("It was stopped; continue with --resume.", SettingWords.Of(stopped, Pretrain));
        Assert.Equal("It was stopped; continue with simclr pretrain --resume.", SettingWords.Of(stopped, Evaluate));
    }

    [Fact]
    public void Messages_of_others_stay_as_they_are() =>
        Assert.Equal("BatchSize", SettingWords.Of(new IOException("BatchSize"), Evaluate));

    [Fact]
    public void Warnings_about_a_training_name_options()
    {
        Assert.Equal(
            "Try a lower --temperature than 2, or a lower --learning-rate than 3, or more --warmup-epochs than 0, or views that "
            + "differ (simclr preview shows them).",
            SettingWords.OfWarning(
                "Try a lower Temperature than 2, or a lower LearningRate than 3, or more WarmupEpochs than 0, or "
                + "views that differ (PreviewGrid shows them)."));
        Assert.Equal("a head with batch norm (--head nonlinear)",
            SettingWords.OfWarning("a head with batch norm (Head nonlinear)"));
    }
}
