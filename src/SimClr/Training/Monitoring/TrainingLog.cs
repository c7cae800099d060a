using Microsoft.Extensions.Logging;

namespace SimClr.Training;

/// <summary>What a training logs. Each message is a complete sentence in one line.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(LogLevel.Warning, "{Image} cannot be read, another image takes its place: {Reason}")]
    public static partial void ImageReplaced(this ILogger logger, string image, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} is left out: its {Quantity} is not a number ({LeftOut} so far).")]
    public static partial void StepLeftOut(this ILogger logger, int step, string quantity, int leftOut);

    /// <param name="logger">Receives it.</param>
    /// <param name="advice">What is seen, what it means, and what to try; it names settings.</param>
    [LoggerMessage(LogLevel.Warning, "{Advice}")]
    public static partial void NotLearning(this ILogger logger, string advice);

    [LoggerMessage(LogLevel.Information,
        "The weights were averaged over the steps; the statistics of batch norms are recomputed from {Batches} batches.")]
    public static partial void StatisticsRecomputed(this ILogger logger, int batches);

    [LoggerMessage(LogLevel.Warning, "Adapting did not help: {Words}.")]
    public static partial void StartKept(this ILogger logger, string words);

    [LoggerMessage(LogLevel.Warning, "Checkpoint passed over: {Reason}")]
    public static partial void CheckpointPassedOver(this ILogger logger, string reason, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Reason}. It is made again.")]
    public static partial void SummaryDamaged(this ILogger logger, string reason, Exception exception);

    [LoggerMessage(Message = "{Change}; it goes on with those of now.")]
    public static partial void ChangeAccepted(this ILogger logger, LogLevel level, string change);
}
