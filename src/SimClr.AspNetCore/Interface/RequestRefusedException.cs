namespace SimClr.AspNetCore;

/// <summary>A request is not answered as asked: a status of HTTP, and why in words for the one who asked.</summary>
internal sealed class RequestRefusedException(int status, string words) : SimClrException(words)
{
    public int Status { get; } = status;

    /// <summary>Seconds after which it may be tried again, or null.</summary>
    public int? RetryAfter { get; init; }

    public static RequestRefusedException Busy() =>
        new(503, "The server is busy with other requests; try again in a second.") { RetryAfter = 1 };
}
