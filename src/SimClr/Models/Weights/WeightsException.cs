namespace SimClr.Models;

/// <summary>A weights file cannot be read, written or used; the message names the file and says why, in one line.</summary>
/// <param name="message">The one line.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class WeightsException(string message, Exception? inner = null) : SimClrException(message, inner)
{
    private const int LongestReason = 400;

    /// <summary>A file cannot be written; where the cause says so already, in its words.</summary>
    internal static WeightsException NotWritten(string path, Exception cause) =>
        cause.Message.StartsWith(path, StringComparison.Ordinal)
            ? new WeightsException(cause.Message, cause) { File = path }
            : For(path, $"cannot be written: {cause.Message}", cause);

    /// <summary>A reason may quote names from a hostile file, so it is cut and its control characters are blanked.</summary>
    internal static WeightsException For(string path, string reason, Exception? inner = null)
    {
        var cut = reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "...");
        var line = string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
        return new WeightsException($"{path}: {line}", inner) { File = path };
    }
}
