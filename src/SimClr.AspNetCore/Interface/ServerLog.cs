using Microsoft.Extensions.Logging;

namespace SimClr.AspNetCore;

/// <summary>What the server logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(LogLevel.Error, "{Method} {Endpoint} failed: {Failure}: {Reason}")]
    public static partial void RequestFailed(
        this ILogger logger, string method, string endpoint, string failure, string reason, Exception exception);
}
