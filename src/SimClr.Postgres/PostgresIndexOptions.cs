using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>Which index of a database, and how it is searched.</summary>
public sealed record PostgresIndexOptions
{
    private const int LongestName = 200; // characters

    /// <summary>The index's name, of 1 to 200 characters; a database holds any number of them.</summary>
    public string Name { get; init; } = "pictures";

    /// <summary>
    /// Whether an update also makes an HNSW graph of the vectors, where there is none yet. Approximate searches need it; exact
    /// ones do not use it. Vectors may then have at most 2,000 elements, pgvector's limit.
    /// </summary>
    public bool Hnsw { get; init; }

    /// <summary>
    /// Whether searches follow the HNSW graph: much faster among millions of vectors, but some of the nearest may be missed. By
    /// default every vector is compared.
    /// </summary>
    public bool Approximate { get; init; }

    /// <summary>
    /// How many vectors an approximate search keeps in view, 1 to 1,000: more miss less and take longer. At least as many as are
    /// asked for.
    /// </summary>
    public int Candidates { get; init; } = 100;

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="EmbeddingException">A value is out of its bounds; the message names it.</exception>
    public PostgresIndexOptions Validated()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > LongestName || Name.Any(char.IsControl))
            throw new EmbeddingException($"{nameof(Name)} must have 1 to {LongestName} characters that can be seen.")
            {
                Setting = nameof(Name),
            };
        if (Candidates is < 1 or > 1000)
            throw new EmbeddingException($"{nameof(Candidates)} must be between 1 and 1000, not {Candidates}.")
            {
                Setting = nameof(Candidates),
            };
        return this;
    }
}
