using System.Globalization;
using Npgsql;
using SimClr.Embedding;

namespace SimClr.Postgres;

/// <summary>
/// The tables: <c>simclr_indexes</c> with a row for each index, and for each a <c>simclr_pictures_ID</c> with its pictures, in
/// the connection's schema. Statements are constants but for numbers; what users write is only ever a parameter.
/// </summary>
internal static class IndexTables
{
    /// <summary>pgvector's limit for indexes.</summary>
    public const int LongestHnswVector = 2000;

    // pgvector's own limit for a column.
    private const int LongestVector = 16_000;

    // Up to here a row fits a page of 8 KiB with all its vector, and names that are too long for it are what moves out.
    private const int LongestInRow = 1900;

    // Sets our locks apart from those of other applications of the database.
    private const int LockClass = 0x51C14;

    /// <summary>Makes the extension and the table of indexes where they are missing.</summary>
    public static void Prepare(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        // Two that create the same thing at the same time would not see each other.
        Run(connection, "SELECT pg_advisory_xact_lock($1, 0)", LockClass);
        Run(connection, "CREATE EXTENSION IF NOT EXISTS vector");
        Run(connection, """
            CREATE TABLE IF NOT EXISTS simclr_indexes (
              id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              name text NOT NULL UNIQUE,
              run text NOT NULL,
              encoder_sha256 text NOT NULL,
              layer integer NOT NULL,
              image_size integer NOT NULL,
              dimension integer NOT NULL,
              pictures integer NOT NULL,
              hnsw boolean NOT NULL
            );
            ALTER TABLE simclr_indexes ADD COLUMN IF NOT EXISTS preprocessing integer NOT NULL DEFAULT 1
            """);
        transaction.Commit();
        connection.ReloadTypes(); // the vector type may be new
    }

    /// <summary>Keeps others from updating an index until the transaction ends; readers go on.</summary>
    /// <returns>Whether nobody else is at it.</returns>
    public static bool TryLock(NpgsqlConnection connection, string name)
    {
        using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1, hashtext($2))", connection)
        {
            Parameters = { new() { Value = LockClass }, new() { Value = name } },
        };
        return command.ExecuteScalar() is true;
    }

    /// <summary>Makes the table of an index's pictures.</summary>
    public static void Create(NpgsqlConnection connection, int id, int dimension)
    {
        if (dimension > LongestVector)
            throw new EmbeddingException($"Vectors of pgvector have at most {LongestVector} elements; these have {dimension}.");
        // Vectors that are moved out of their rows are several times slower to go through.
        var storage = dimension <= LongestInRow ? "PLAIN" : "EXTERNAL";
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE simclr_pictures_{id} (
              id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              picture text NOT NULL,
              class text,
              stamp text NOT NULL,
              vector vector({dimension}) NOT NULL
            );
            ALTER TABLE simclr_pictures_{id} ALTER COLUMN vector SET STORAGE {storage}
            """));
    }

    /// <summary>The graph for approximate searches. Vectors have length 1, so that inner products are cosines.</summary>
    public static void CreateHnsw(NpgsqlConnection connection, int id) => Run(connection,
        string.Create(CultureInfo.InvariantCulture, $"CREATE INDEX ON simclr_pictures_{id} USING hnsw (vector vector_ip_ops)"));

    /// <summary>Removes the table of an index's pictures.</summary>
    public static void Drop(NpgsqlConnection connection, int id) =>
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"DROP TABLE simclr_pictures_{id}"));

    /// <summary>Runs a statement.</summary>
    /// <returns>The first column of the first row, or null.</returns>
    public static object? Run(NpgsqlConnection connection, string statement, params object[] values)
    {
        using var command = new NpgsqlCommand(statement, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command.ExecuteScalar();
    }
}
