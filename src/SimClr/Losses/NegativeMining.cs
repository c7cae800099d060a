namespace SimClr.Losses;

/// <summary>
/// Which of a row's 2N−2 negatives an objective that does not weigh them by itself looks at (Section 5.1).
/// </summary>
public enum NegativeMining
{
    /// <summary>All of them, and their mean counts.</summary>
    All,

    /// <summary>
    /// The closest of those that are farther than the partner: the largest similarity below the partner's (Schroff et al. 2015,
    /// arXiv:1503.03832, Section 3.2). Where none is farther, the row has no negative.
    /// </summary>
    SemiHard,
}
