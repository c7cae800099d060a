namespace SimClr.Pretraining;

/// <summary>Runs pretraining.</summary>
public static class Pretrainer
{
    /// <summary>Starts a run.</summary>
    public static PretrainingSummary Run(PretrainingOptions options, string data, string runFolder,
        IProgress<PretrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("Pretraining is not built in.");

    /// <summary>Continues a run.</summary>
    public static PretrainingSummary Resume(string runFolder, IProgress<PretrainingProgress>? progress = null,
        Action<string>? warn = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException("Pretraining is not built in.");
}
