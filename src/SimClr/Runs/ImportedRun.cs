using SimClr.Models;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>An encoder that was imported.</summary>
/// <param name="Run">The run folder that was made.</param>
/// <param name="Options">The settings that were recognized; those of training are defaults and say nothing.</param>
/// <param name="Origin">The file.</param>
/// <param name="Report">Which of the file's tensors matched.</param>
public sealed record ImportedRun(string Run, PretrainingOptions Options, WeightsOrigin Origin, WeightsReport Report);
