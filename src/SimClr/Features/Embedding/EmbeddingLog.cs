using Microsoft.Extensions.Logging;

namespace SimClr.Features;

/// <summary>What an embedder logs.</summary>
internal static partial class EmbeddingLog
{
    [LoggerMessage(LogLevel.Warning, "{Image}: {Reason}")]
    public static partial void ImageUnreadable(this ILogger logger, string image, string reason);
}
