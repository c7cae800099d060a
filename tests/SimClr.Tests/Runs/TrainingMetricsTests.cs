using System.Text.Json;
using SimClr.Runs;

namespace SimClr.Tests.Runs;

/// <summary>The text of a metrics line and of a summary, which programs of others read.</summary>
public sealed class TrainingMetricsTests
{
    private static readonly TrainingMetrics Full = new()
    {
        Step = 390,
        Epoch = 10,
        Epochs = 10,
        TotalSteps = 390,
        Remaining = TimeSpan.FromSeconds(1),
        ChanceTop1 = 1 / 511.0,
        Loss = 5.123456789012345,
        ChanceLoss = 6.236369590203704,
        ContrastiveTop1 = 0.123456789,
        Entropy = 5.289683f,
        Alignment = 1e-5,
        Uniformity = -3.3314626f,
        EffectiveRankH = double.PositiveInfinity,
        EffectiveRankZ = 68.34498123456789,
        GradientNorm = 1.2345678e10,
        LearningRate = 0.30000000000000004,
        ViewsPerSecond = 140.7046367289338,
        WaitMilliseconds = 0.125,
        OnlineTop1 = 1 / 3.0,
        KnnTop1 = 2 / 3.0,
    };

    private const string Line = """
        {"step":390,"epoch":10,"loss":5.123456789012345,"chance_loss":6.23637,"contrastive_top1":0.123457,"entropy":5.289683,
        "alignment":1E-05,"uniformity":-3.3314626,"effective_rank_h":null,"effective_rank_z":68.34498,
        "gradient_norm":1.2345678E+10,"lr":0.30000000000000004,"views_per_second":140.7,
        "wait_ms":0.12,"online_top1":0.333333,"knn_top1":0.6666666666666666}
        """;

    private const string Summary = """
        {"run":"r","epochs":10,"steps":390,"loss":2.5,"chance_loss":6.236369590203704,"contrastive_top1":0.78125,
        "views_per_second":140.7046367289338,"seconds":143,"peak_memory_bytes":1000000,"interrupted":false,
        "unreadable_pictures":2,"chance_top1":0.0019569471624266144,"entropy":5.289683,"alignment":1E-05,"uniformity":-3.3314626,
        "effective_rank_h":null,"effective_rank_z":68.34498,"knn_top1":0.6666666666666666,
        "gradient_norm":12345678000,"online_top1":0.333333,
        "skipped_steps":1,"checkpoints":3,"checkpoint_seconds":null,"checkpoint_share":0.5,
        "warnings":[{"kind":"collapse","step":120,"message":"Since."}]}
        """;

    [Fact]
    public void A_line_has_the_names_the_order_and_the_digits_that_it_always_had() => Assert.Equal(Flat(Line), Full.ToJson());

    [Fact]
    public void A_line_reads_back_as_what_was_logged()
    {
        var read = TrainingMetrics.Parse(Full.ToJson())!;
        Assert.Equal(Full with { Epochs = 0, TotalSteps = 0, Remaining = default, ChanceTop1 = double.NaN }, read);
        Assert.Equal(read.ToJson(), Full.ToJson());
    }

    [Fact]
    public void What_was_not_measured_is_null_or_left_out() => Assert.Equal(Flat("""
        {"step":1,"epoch":1,"loss":null,"chance_loss":null,"contrastive_top1":null,"entropy":null,"alignment":null,
        "uniformity":null,"effective_rank_h":null,"effective_rank_z":null,"gradient_norm":null,"lr":null,
        "views_per_second":null,"wait_ms":null}
        """), new TrainingMetrics { Step = 1, Epoch = 1 }.ToJson());

    [Fact]
    public void A_summary_holds_the_last_figures_among_its_own_and_reads_back()
    {
        var summary = new PretrainingSummary("r", 10, 390, 2.5, 6.236369590203704, 0.78125, 140.7046367289338, 143, 1000000,
            false, 2)
        {
            ChanceTop1 = 0.0019569471624266144,
            Last = Full,
            SkippedSteps = 1,
            Checkpoints = 3,
            CheckpointShare = 0.5,
            Warnings = [new("collapse", 120, "Since.")],
        };
        Assert.Equal(Flat(Summary), summary.ToJson().ToJsonString());
        var read = PretrainingSummary.FromJson(Flat(Summary));
        Assert.Equal(Flat(Summary), read.ToJson().ToJsonString());
        Assert.Equal((5.289683, 2 / 3.0, null), (read.Last.Entropy, read.Last.KnnTop1, read.Last.Loss));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"run":"r","run":"r"}""")]
    [InlineData("""{"run":"r","warnings":null}""")]
    [InlineData("""{"run":"r","warnings":[null]}""")]
    public void What_is_no_summary_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => PretrainingSummary.FromJson(json));

    private static string Flat(string json) => json.ReplaceLineEndings("");
}
