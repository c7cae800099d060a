using SimClr.Contrastive;

namespace SimClr.Pretraining;

/// <summary>
/// Notices from the logged lines that a run does not learn, and says so once for each of three signs, the severest first. A
/// function of the lines alone: reading them again, for a run that goes on or in a report, gives the same warnings.
/// </summary>
internal sealed class CollapseAlarm
{
    /// <summary>
    /// Lines in a row, behind the warmup, that must show a sign: half an epoch, where an epoch is logged twenty times.
    /// </summary>
    public const int Patience = 10;

    // Different pictures have a mean cosine of 0.99.
    private const double LeastUniformity = -0.04;

    // Of the dimensions beyond the first that z could use.
    private const double LeastShare = 0.02;

    // Of the chance level.
    private const double LeastGain = 0.01;

    // As many times as guessing would find.
    private const double LeastFound = 2;

    private readonly PretrainingOptions _options;
    private readonly long _warmupSteps;
    private readonly double _chanceTop1;
    private readonly int _mostDimensions;
    private readonly Sign[] _signs;
    private readonly List<TrainingWarning> _warnings = [];

    public CollapseAlarm(PretrainingOptions options, int stepsPerEpoch)
    {
        _options = options;
        _warmupSteps = options.Schedule(stepsPerEpoch).WarmupSteps;
        _chanceTop1 = 1 / (2.0 * options.BatchSize - 1);
        _mostDimensions = MostDimensions(options);
        _signs =
        [
            new("collapse", p => p.Uniformity > LeastUniformity, Collapse),
            new("dimensional_collapse", p => p.EffectiveRankZ < 1 + LeastShare * (_mostDimensions - 1), DimensionalCollapse),
            new("not_learning", IsAtChance, NotLearning),
        ];
    }

    /// <summary>What was warned of so far.</summary>
    public IReadOnlyList<TrainingWarning> Warnings => _warnings;

    /// <summary>The dimensions that z of a run can be seen to use: no more than it has, and no more than pictures are looked at.</summary>
    public static int MostDimensions(PretrainingOptions options)
    {
        var head = options.Head();
        var dimension = head.Kind == ProjectionHeadKind.Identity ? options.Encoder().FeatureDimension : head.OutputDimension;
        return Math.Min(dimension, Math.Min(options.BatchSize, BatchGeometry.MostPictures));
    }

    /// <summary>An alarm that has seen the lines of a run.</summary>
    public static CollapseAlarm Replay(PretrainingOptions options, int stepsPerEpoch, IEnumerable<MetricPoint> lines)
    {
        var alarm = new CollapseAlarm(options, stepsPerEpoch);
        foreach (var line in lines) alarm.Look(line);
        return alarm;
    }

    /// <summary>Looks at the next line.</summary>
    /// <returns>A warning where this line is one too many, else null.</returns>
    public TrainingWarning? Look(MetricPoint line)
    {
        if (line.Step <= _warmupSteps) return null;
        TrainingWarning? warning = null;
        var severer = false;
        foreach (var sign in _signs)
        {
            var shown = sign.Holds(line);
            sign.Count = shown ? sign.Count + 1 : 0;
            if (sign.Count == 1) sign.Since = line.Step;
            // A severer sign brings the lesser ones with it.
            if (sign.Count >= Patience && !severer && _warnings.TrueForAll(w => w.Kind != sign.Kind))
                warning = new(sign.Kind, line.Step, $"Since step {sign.Since} {sign.Explain(line)}");
            severer |= shown;
        }
        if (warning is not null) _warnings.Add(warning);
        return warning;
    }

    private bool IsAtChance(MetricPoint p) => p.ContrastiveTop1 < LeastFound * _chanceTop1
        && (p.ChanceLoss is not { } chance || p.Loss > (1 - LeastGain) * chance);

    private string Collapse(MetricPoint p) =>
        $"different pictures have nearly the same projection (mean cosine about {1 + p.Uniformity / 4:0.000}, uniformity "
        + $"{p.Uniformity:0.000}): the encoder has collapsed and tells no picture from another. "
        + Advice(_options.Head == "identity" ? ["a head with batch norm (--head nonlinear)"] : []);

    private string DimensionalCollapse(MetricPoint p) =>
        $"the projections use about {p.EffectiveRankZ:0.0} of {_mostDimensions} dimensions (effective rank): they have collapsed onto "
        + $"few directions, and what else pictures show is lost. {Advice()}";

    private string NotLearning(MetricPoint p) =>
        $"{100 * p.ContrastiveTop1:0.00} % of the views find their partner, where guessing finds {100 * _chanceTop1:0.00} %"
        + (p.ChanceLoss is { } chance ? $", and the loss {p.Loss:0.000} is that of chance ({chance:0.000})" : "")
        + ": nothing is learned. "
        + Advice("views that keep more of their picture (simclr preview shows them)");

    private string Advice(params ReadOnlySpan<string> more)
    {
        List<string> advice = [.. more, $"a lower --learning-rate than {_options.LearningRate}"];
        if (_options.Temperature > 1) advice.Insert(0, $"a lower --temperature than {_options.Temperature} (0.1 to 0.5 is usual)");
        advice.Add($"more --warmup-epochs than {_options.WarmupEpochs}");
        return $"Try {string.Join(", or ", advice)}.";
    }

    /// <summary>A sign, and for how long it has been seen.</summary>
    private sealed class Sign(string kind, Func<MetricPoint, bool> holds, Func<MetricPoint, string> explain)
    {
        public string Kind => kind;

        public Func<MetricPoint, bool> Holds => holds;

        public Func<MetricPoint, string> Explain => explain;

        public int Count { get; set; }

        public long Since { get; set; }
    }
}
