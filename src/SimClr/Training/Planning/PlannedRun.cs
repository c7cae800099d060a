using SimClr.Settings;

namespace SimClr.Training;

/// <summary>Settings that end on time, and what they were planned from.</summary>
/// <param name="Options">The settings: ordinary ones, so that the run can be repeated on any machine.</param>
/// <param name="SecondsPerStep">Seconds of one step by the side of its views in pixels, as measured.</param>
/// <param name="Expected">How long training will take, as far as the machine keeps its speed.</param>
public sealed record PlannedRun(
    PretrainingOptions Options, IReadOnlyDictionary<int, double> SecondsPerStep, TimeSpan Expected);
