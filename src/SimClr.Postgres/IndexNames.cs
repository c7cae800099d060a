using System.Globalization;
using Npgsql;
using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>Where the tables of indexes and pgvector are, as statements write it.</summary>
/// <param name="Schema">The schema of the tables, or null where there is none that may be written.</param>
/// <param name="Quoted">The same, quoted for statements.</param>
/// <param name="HasIndexes">Whether the table of indexes is there.</param>
/// <param name="Vector">The schema of pgvector, quoted for statements, or null where the database has no pgvector.</param>
/// <param name="VectorType">The object identifier of pgvector's type, or 0.</param>
internal sealed record IndexNames(string? Schema, string? Quoted, bool HasIndexes, string? Vector, long VectorType)
{
    /// <summary>The name of the table of indexes, without its schema.</summary>
    public const string IndexTable = "simclr_indexes";

    /// <summary>The table of indexes.</summary>
    public string Indexes => $"{Quoted}.{IndexTable}";

    /// <summary>The name of the table of an index's images, without its schema.</summary>
    public static string ImageTable(int id) => string.Create(CultureInfo.InvariantCulture, $"simclr_pictures_{id}");

    /// <summary>The table of an index's images.</summary>
    public string Images(int id) => $"{Quoted}.{ImageTable(id)}";

    /// <summary>The schema of pgvector.</summary>
    /// <exception cref="EmbeddingException">The database has no pgvector.</exception>
    public string RequireVector() => Vector ?? throw new EmbeddingException(
        "The database has no pgvector; its owner has to say CREATE EXTENSION vector there once.");

    /// <summary>
    /// Finds them: the tables are in the first schema of the search path that has the table of indexes, or else in the first
    /// in which the user may create tables.
    /// </summary>
    /// <exception cref="EmbeddingException">There are several tables of indexes, and the first is another user's.</exception>
    public static IndexNames Find(GuardedTransaction transaction)
    {
        var (vector, type) = FindVector(transaction.Connection);
        var schemas = Schemas(transaction);
        var made = schemas.Where(schema => schema.Owner is not null).ToList();
        // Whoever may create tables in an earlier schema could otherwise put an index of his before the one that is meant.
        if (made.Count > 1 && !made[0].IsOwn)
            throw new EmbeddingException($"There are tables {IndexTable} in the schemas {made[0].Name} (of {made[0].Owner}) and "
                + $"{made[1].Name} (of {made[1].Owner}); say which is meant with Search Path=SCHEMA in the connection string.");
        var place = made.FirstOrDefault() ?? schemas.FirstOrDefault(schema => schema.MayCreate);
        return new(place?.Name, place?.Quoted, made.Count > 0, vector, type);
    }

    private static List<Place> Schemas(GuardedTransaction transaction)
    {
        using var command = new NpgsqlCommand($"""
            SELECT n.nspname::text, quote_ident(n.nspname), has_schema_privilege(n.oid, 'CREATE'),
              pg_get_userbyid(c.relowner)::text, coalesce({TableGuard.IsOwn}, false)
            FROM unnest($1::text[]) WITH ORDINALITY AS s(name, place)
            JOIN pg_namespace n ON n.nspname = s.name
            LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = '{IndexTable}'
            ORDER BY s.place
            """, transaction.Connection)
        {
            Parameters = { new() { Value = transaction.Path.ToArray() } },
        };
        using var reader = command.ExecuteReader();
        var schemas = new List<Place>();
        while (reader.Read())
            schemas.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2),
                reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(4)));
        return schemas;
    }

    // The type and the operator must be the extension's own, not others of the same name in its schema.
    private static (string? Schema, long Type) FindVector(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("""
            SELECT quote_ident(n.nspname), t.oid::bigint
            FROM pg_extension e
            JOIN pg_namespace n ON n.oid = e.extnamespace
            JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = 'vector'
            JOIN pg_operator o ON o.oprnamespace = n.oid AND o.oprname = '<#>' AND o.oprleft = t.oid AND o.oprright = t.oid
            JOIN pg_depend dt ON dt.classid = 'pg_type'::regclass AND dt.objid = t.oid AND dt.deptype = 'e'
              AND dt.refobjid = e.oid
            JOIN pg_depend dp ON dp.classid = 'pg_operator'::regclass AND dp.objid = o.oid AND dp.deptype = 'e'
              AND dp.refobjid = e.oid
            WHERE e.extname = 'vector'
            """, connection);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetString(0), reader.GetInt64(1)) : (null, 0);
    }

    private sealed record Place(string Name, string Quoted, bool MayCreate, string? Owner, bool IsOwn);
}
