namespace SimClr.LoadLab;

/// <summary>What came of a request.</summary>
/// <param name="Kind">The request.</param>
/// <param name="Status">The status of the answer; 0 where there was none.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Uploads">The most uploads that were under way meanwhile.</param>
internal sealed record Answer(RequestKind Kind, int Status, double Milliseconds, int Uploads)
{
    /// <summary>Whether it is as it should be.</summary>
    /// <param name="fullAt">Uploads at which the server may say that it is full.</param>
    public bool IsRight(int fullAt) => Kind.Statuses.Contains(Status) || (Status == 503 && Kind.IsUpload && Uploads >= fullAt);
}
