using Microsoft.Extensions.Logging;

namespace SimClr.Studies;

/// <summary>What a study logs beside what its trainings log.</summary>
internal static partial class StudyLog
{
    /// <param name="logger">Receives it.</param>
    /// <param name="advice">What happened, and what to try; it names settings.</param>
    /// <param name="exception">The end of the run.</param>
    [LoggerMessage(LogLevel.Warning, "{Advice}")]
    public static partial void RunDiverged(this ILogger logger, string advice, Exception exception);
}
