namespace SimClr.Models;

/// <summary>The network between the representation and the loss (Section 4.2, Figure 8).</summary>
public enum ProjectionHeadKind
{
    /// <summary>Linear layers with batch norm, and ReLU between them: the paper's choice.</summary>
    Nonlinear,

    /// <summary>Linear and batch norm.</summary>
    Linear,

    /// <summary>Nothing: z = h.</summary>
    Identity,
}

/// <summary>The projection head's settings; the defaults are the paper's.</summary>
public sealed record ProjectionHeadOptions
{
    /// <summary>Which head.</summary>
    public ProjectionHeadKind Kind { get; init; } = ProjectionHeadKind.Nonlinear;

    /// <summary>
    /// Linear layers of the nonlinear head, 2 to 4: two in the paper, three in SimCLR v2 (arXiv:2006.10029, Section 3). The
    /// linear head has one, the identity none.
    /// </summary>
    public int Layers { get; init; } = 2;

    /// <summary>Length p of z, at least 1; the identity head's is that of h.</summary>
    public int OutputDimension { get; init; } = 128;

    /// <summary>Length of the hidden layers of the nonlinear head, at least 1, or null for that of h.</summary>
    public int? HiddenDimension { get; init; }

    /// <summary>These options, if they are usable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of bounds.</exception>
    public ProjectionHeadOptions Validated()
    {
        if (!Enum.IsDefined(Kind))
            throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "The head must be Nonlinear, Linear or Identity.");
        if (Layers is < 2 or > 4)
            throw new ArgumentOutOfRangeException(nameof(Layers), Layers, "A nonlinear head must have 2 to 4 layers.");
        if (OutputDimension < 1)
            throw new ArgumentOutOfRangeException(nameof(OutputDimension), OutputDimension, "z must have at least 1 dimension.");
        if (HiddenDimension < 1)
            throw new ArgumentOutOfRangeException(nameof(HiddenDimension), HiddenDimension, "It must be null or at least 1.");
        return this;
    }
}
