using System.Globalization;
using Npgsql;
using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>
/// The tables: <c>simclr_indexes</c> with a row for each index, and for each a <c>simclr_pictures_ID</c> with its images, in
/// a schema of the connection's search path. Statements are constants but for numbers and the schemas' names, which the server
/// quotes; what users write is only ever a parameter.
/// </summary>
internal static class IndexTables
{
    /// <summary>pgvector's limit for indexes.</summary>
    public const int LongestHnswVector = 2000;

    /// <summary>Columns of the table of indexes that its first version did not have; each is 1 where it is missing.</summary>
    public const string Preprocessing = "preprocessing", UseViews = "use_views";

    private static readonly string[] LaterColumns = [Preprocessing, UseViews];

    // pgvector's own limit for a column.
    private const int LongestVector = 16_000;

    // Up to here a row fits a page of 8 KiB with all its vector, and names that are too long for it are what moves out.
    private const int LongestInRow = 1900;

    // Sets our locks apart from those of other applications of the database.
    private const int LockClass = 0x51C14;

    /// <summary>Makes the extension and the table of indexes where they are missing.</summary>
    /// <exception cref="EmbeddingException">The table of indexes may not be written, or there is no place for one.</exception>
    public static void Prepare(NpgsqlConnection connection)
    {
        using var transaction = GuardedTransaction.Begin(connection);
        // Two that create the same thing at the same time would not see each other.
        Run(connection, "SELECT pg_advisory_xact_lock($1, 0)", LockClass);
        var names = IndexNames.Find(transaction);
        if (names.Quoted is null)
            throw new EmbeddingException("There is no schema in the search path in which you may create tables; the owner of "
                + "the database can say CREATE SCHEMA simclr AUTHORIZATION you, and you Search Path=simclr.");
        if (names.Vector is null) Run(connection, $"CREATE EXTENSION vector SCHEMA {names.Quoted}");
        if (!names.HasIndexes)
            Run(connection, $"""
                CREATE TABLE {names.Indexes} (
                  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                  name text NOT NULL UNIQUE,
                  run text NOT NULL,
                  encoder_sha256 text NOT NULL,
                  layer integer NOT NULL,
                  image_size integer NOT NULL,
                  dimension integer NOT NULL,
                  pictures integer NOT NULL,
                  hnsw boolean NOT NULL,
                  preprocessing integer NOT NULL DEFAULT 1,
                  use_views integer NOT NULL DEFAULT 1
                )
                """);
        TableGuard.RequireIndexes(connection, names, write: true);
        foreach (var column in LaterColumns)
            if (!Has(column, connection, names))
                Run(connection, $"ALTER TABLE {names.Indexes} ADD COLUMN {column} integer NOT NULL DEFAULT 1");
        transaction.Commit();
    }

    /// <summary>The column of the table of indexes, or <c>1</c> where an earlier version made the table without it.</summary>
    /// <exception cref="EmbeddingException">It has such a column of another type.</exception>
    public static string ColumnOrOne(string column, NpgsqlConnection connection, IndexNames names) =>
        Has(column, connection, names) ? column : "1";

    private static bool Has(string column, NpgsqlConnection connection, IndexNames names)
    {
        const string type = "SELECT a.atttypid = 'integer'::regtype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            + "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 "
            + "AND a.attname = $3 AND a.attgenerated = ''";
        return Run(connection, type, names.Schema!, IndexNames.IndexTable, column) switch
        {
            null => false,
            true => true,
            _ => throw new EmbeddingException(
                $"The column {column} of {names.Schema}.{IndexNames.IndexTable} is no integer."),
        };
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

    /// <summary>Makes the table of an index's images.</summary>
    /// <exception cref="EmbeddingException">Vectors are too long, or something of the table's name is there.</exception>
    public static void Create(NpgsqlConnection connection, IndexNames names, int id, int dimension)
    {
        if (dimension > LongestVector)
            throw new EmbeddingException($"Vectors of pgvector have at most {LongestVector} elements; these have {dimension}.");
        if (TableGuard.OwnerOf(connection, names, IndexNames.ImageTable(id)) is { } owner)
            throw new EmbeddingException($"{names.Schema}.{IndexNames.ImageTable(id)}, which belongs to {owner}, has the "
                + "name of a table that is to be made; have it removed, or use a schema of your own (Search Path=SCHEMA).");
        // Vectors that are moved out of their rows are several times slower to go through.
        var storage = dimension <= LongestInRow ? "PLAIN" : "EXTERNAL";
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE {names.Images(id)} (
              id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              picture text NOT NULL,
              class text,
              stamp text NOT NULL,
              vector {names.RequireVector()}.vector({dimension}) NOT NULL
            );
            ALTER TABLE {names.Images(id)} ALTER COLUMN vector SET STORAGE {storage}
            """));
    }

    /// <summary>The graph for approximate searches. Vectors have length 1, so that inner products are cosines.</summary>
    public static void CreateHnsw(NpgsqlConnection connection, IndexNames names, int id) =>
        Run(connection, $"CREATE INDEX ON {names.Images(id)} USING hnsw (vector {names.RequireVector()}.vector_ip_ops)");

    /// <summary>Runs a statement.</summary>
    /// <returns>The first column of the first row, or null.</returns>
    public static object? Run(NpgsqlConnection connection, string statement, params object[] values)
    {
        using var command = new NpgsqlCommand(statement, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command.ExecuteScalar();
    }
}
