using Microsoft.Extensions.Logging;

namespace SimClr.Reporting;

/// <summary>What reporting logs.</summary>
internal static partial class ReportingLog
{
    [LoggerMessage(LogLevel.Warning, "The curves for TensorBoard cannot be written and wait for the report: {Reason}")]
    public static partial void CurvesNotWritten(this ILogger logger, string reason, Exception exception);
}
