namespace SimClr.LoadLab;

/// <summary>How much is asked of a server.</summary>
internal sealed record LoadPlan
{
    /// <summary>Requests in a round.</summary>
    public int Requests { get; init; } = 2000;

    /// <summary>Connections that they share.</summary>
    public int Connections { get; init; } = 50;

    /// <summary>Side in pixels of the large images.</summary>
    public int LargeSide { get; init; } = 7000;

    /// <summary>Shifts the order of the kinds of requests.</summary>
    public int Seed { get; init; }

    /// <summary>How long memory has to come back.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much more memory than at the start there may be after that, in bytes.</summary>
    public long Left { get; init; } = 200_000_000;

    /// <summary>Uploads that are under way when a server with its usual options may say that it is full to this client.</summary>
    public int FullAt { get; init; } = 12;

    /// <summary>A whole round ends in this time, or it has failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);
}
