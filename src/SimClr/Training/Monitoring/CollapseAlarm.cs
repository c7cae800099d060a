using SimClr.Models;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Training;

/// <summary>
/// Notices from the logged lines that a run does not learn, and says so once for each of three signs, the severest first. A
/// function of the lines alone: reading them again, for a run that goes on or in a report, gives the same warnings.
/// </summary>
public sealed class CollapseAlarm
{
    /// <summary>
    /// Lines in a row, behind the warmup, that must show a collapse: half an epoch, where an epoch is logged twenty times.
    /// </summary>
    public const int Patience = 10;

    /// <summary>Lines in a row without progress: an epoch.</summary>
    public const int LongPatience = 20;

    /// <summary>Steps that the lines must span, where every step is logged.</summary>
    public const int MinSteps = 20;

    // Different images have a mean cosine of 0.99. Untrained encoders were seen at −0.55 without a head, at −3 with one.
    private const double MaxUniformity = -0.04;

    // Of the dimensions that z could use beyond the first. Runs that learn were seen at 22 % and above, untrained ones at 30 %
    // and above without a head and at 50 % with one; runs at fifty times a good learning rate at 5 to 9 %.
    private const double MinShare = 0.1;

    // Of the chance level, and of the loss at first. Batch norm spreads the projections of images that are hard to tell apart:
    // untrained, the loss may lie 8 % above chance, and learning shows in that it falls.
    private const double MinGain = 0.01;

    // Times the accuracy of guessing, and of that at first: an untrained encoder sees that views of an image have like colors.
    private const double MinFound = 2;

    private readonly PretrainingOptions _options;
    private readonly long _warmupSteps;
    private readonly double _chanceTop1;
    private readonly int _mostDimensions;
    private readonly Sign[] _signs;
    private readonly List<TrainingWarning> _warnings = [];
    private readonly List<TrainingMetrics> _first = [];

    /// <param name="options">The settings of the run.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    public CollapseAlarm(PretrainingOptions options, int stepsPerEpoch)
    {
        _options = options;
        _warmupSteps = options.CreateSchedule(stepsPerEpoch).WarmupSteps;
        _chanceTop1 = options.ChanceTop1;
        _mostDimensions = MaxDimensions(options);
        _signs =
        [
            new("collapse", Patience, p => p.Uniformity > MaxUniformity, Collapse),
            new("dimensional_collapse", Patience, p => p.EffectiveRankZ < 1 + MinShare * (_mostDimensions - 1),
                DimensionalCollapse),
            new("not_learning", LongPatience, IsAtChance, NotLearning),
        ];
    }

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<TrainingWarning> Warnings => _warnings;

    // Of an encoder that has hardly been trained.
    private double FirstTop1 => _first.Average(p => p.ContrastiveTop1) ?? 0;

    private double FirstLoss => _first.Average(p => p.Loss) ?? 0;

    /// <summary>The dimensions that z can be seen to use: those it has, but at most the number of images examined.</summary>
    public static int MaxDimensions(PretrainingOptions options)
    {
        var head = options.Model.ToHead();
        var dimension = head.Kind == ProjectionHeadKind.Identity
            ? options.Model.ToResNet().FeatureDimension
            : head.OutputDimension;
        return Math.Min(dimension, Math.Min(options.BatchSize, BatchGeometry.MaxImages));
    }

    /// <summary>An alarm that has seen the lines of a run.</summary>
    public static CollapseAlarm Replay(PretrainingOptions options, int stepsPerEpoch, IEnumerable<TrainingMetrics> lines)
    {
        var alarm = new CollapseAlarm(options, stepsPerEpoch);
        foreach (var line in lines) alarm.Look(line);
        return alarm;
    }

    /// <summary>Looks at the next line.</summary>
    /// <returns>A warning where this line is one too many, else null.</returns>
    public TrainingWarning? Look(TrainingMetrics line)
    {
        if (_first.Count < Patience) _first.Add(line);
        if (line.Step <= _warmupSteps) return null;
        TrainingWarning? warning = null;
        var severer = false;
        foreach (var sign in _signs)
        {
            var shown = sign.Holds(line);
            sign.Count = shown ? sign.Count + 1 : 0;
            if (sign.Count == 1) sign.Since = line.Step;
            // A severer sign brings the lesser ones with it.
            var lasts = sign.Count >= sign.Patience && line.Step - sign.Since >= MinSteps;
            if (lasts && !severer && _warnings.TrueForAll(w => w.Kind != sign.Kind))
                warning = new(sign.Kind, line.Step, $"Since step {sign.Since} {sign.Explain(line)}");
            severer |= shown;
        }
        if (warning is not null) _warnings.Add(warning);
        return warning;
    }

    private bool IsAtChance(TrainingMetrics p)
    {
        var guessed = p.ContrastiveTop1 < MinFound * _chanceTop1;
        if (p.ChanceLoss is not { } chance) return guessed;
        var asAtFirst = p.Loss > (1 - MinGain) * FirstLoss && p.ContrastiveTop1 < MinFound * FirstTop1;
        return p.Loss > (1 - MinGain) * chance && (guessed || asAtFirst);
    }

    private string Collapse(TrainingMetrics p) =>
        $"different images have nearly the same projection (mean cosine about {1 + p.Uniformity / 4:0.000}, uniformity "
        + $"{p.Uniformity:0.000;-0.000;0.000}): the encoder has collapsed and tells no image from another. "
        + Advice("a lower", _options.Model.Head == ProjectionHeadKind.Identity
            ? $"a head with batch norm ({nameof(_options.Model.Head)} nonlinear)"
            : "images and views that differ (PreviewGrid shows them)");

    private string DimensionalCollapse(TrainingMetrics p) =>
        $"the projections use about {p.EffectiveRankZ:0.0} of {_mostDimensions} dimensions (effective rank): they have collapsed "
        + $"onto few directions, and what else images show is lost. {Advice("a lower")}";

    private string NotLearning(TrainingMetrics p)
    {
        var loss = p.ChanceLoss is { } chance ? $"the loss, {p.Loss:0.000}, is no better than chance, {chance:0.000}, and " : "";
        return loss + $"{100 * p.ContrastiveTop1:0.0} % of the views find their partner ({100 * FirstTop1:0.0} % did at first, "
            + $"guessing finds {100 * _chanceTop1:0.0} %): nothing is learned. "
            + Advice(p.Loss > (1 + MinGain) * FirstLoss ? "a lower" : "another",
                "views that keep more of their image (PreviewGrid shows them)");
    }

    private string Advice(string rate, string? other = null)
    {
        string?[] advice =
        [
            _options.Objective.Temperature > 1
                ? $"a lower {nameof(_options.Objective.Temperature)} than {_options.Objective.Temperature} (0.1 to 0.5 is usual)"
                : null,
            $"{rate} {nameof(_options.Schedule.LearningRate)} than {_options.Schedule.LearningRate}",
            $"more {nameof(_options.Schedule.WarmupEpochs)} than {_options.Schedule.WarmupEpochs}",
            other,
        ];
        return $"Try {string.Join(", or ", advice.OfType<string>())}.";
    }

    /// <summary>A sign, and for how long it has been seen.</summary>
    private sealed class Sign(string kind, int patience, Func<TrainingMetrics, bool> holds, Func<TrainingMetrics, string> explain)
    {
        public string Kind => kind;

        public int Patience => patience;

        public Func<TrainingMetrics, bool> Holds => holds;

        public Func<TrainingMetrics, string> Explain => explain;

        public int Count { get; set; }

        public long Since { get; set; }
    }
}
