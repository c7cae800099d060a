namespace SimClr.LoadLab;

/// <summary>A kind of request, and which answers to it are right.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Percent">How many of a hundred requests are of this kind.</param>
/// <param name="Statuses">The right answers, in addition to "full" where the server is full.</param>
/// <param name="Make">Makes the request of a number.</param>
internal sealed record RequestKind(string Name, int Percent, int[] Statuses, Func<int, HttpRequestMessage> Make)
{
    /// <summary>Whether an image is sent, so that the server may be full.</summary>
    public bool IsUpload { get; init; }
}
