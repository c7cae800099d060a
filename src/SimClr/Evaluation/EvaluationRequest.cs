namespace SimClr.Evaluation;

/// <summary>What to evaluate and how.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The run folder whose encoder is judged.</summary>
    public required string Run { get; init; }

    /// <summary>DATA with labels, train and test part.</summary>
    public required string Data { get; init; }

    /// <summary><c>linear</c> or <c>knn</c>.</summary>
    public string Protocol { get; init; } = "linear";

    /// <summary>Neighbours of the kNN protocol.</summary>
    public int K { get; init; } = 200;

    /// <summary>Temperature of the kNN weights.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Whether raw pixels and a random encoder are judged too.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Side of the pictures; 0 means the run's.</summary>
    public int ImageSize { get; init; }

    /// <summary><c>auto</c>, <c>fp32</c> or <c>bf16</c>.</summary>
    public string Precision { get; init; } = "auto";

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one tensor operation; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that decode; 0 chooses from the cores.</summary>
    public int Workers { get; init; }

    /// <summary>Seed of the classifier and of the random encoder.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Use at most so many training pictures; 0 means all. All test pictures are used.</summary>
    public int Limit { get; init; }
}
