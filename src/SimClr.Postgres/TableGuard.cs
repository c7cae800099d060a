using Npgsql;
using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>
/// Looks at a table before it is read or written, since a database may be shared: what looks like a table may be a view, and a
/// view, a rule, row security, a trigger, a condition or an index of an expression may call a function of whoever made it, with
/// the rights of whoever reads or writes.
/// </summary>
internal static class TableGuard
{
    /// <summary>
    /// SQL: whether the table <c>c</c> belongs to the user, or to a role that the user is a member of. A superuser counts as
    /// member of every role, which says nothing of trust, so that for one only what is his own counts.
    /// </summary>
    public const string IsOwn = "(pg_get_userbyid(c.relowner) = current_user "
        + "OR pg_has_role(c.relowner, 'MEMBER') AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user))";

    private static readonly Column[] OfIndexes =
    [
        new("id", "integer"), new("name", "text"), new("run", "text"), new("encoder_sha256", "text"), new("layer", "integer"),
        new("image_size", "integer"), new("dimension", "integer"), new("pictures", "integer"), new("hnsw", "boolean"),
    ];

    // A type of null is pgvector's.
    private static readonly Column[] OfImages =
        [new("id", "integer"), new("picture", "text"), new("class", "text"), new("stamp", "text"), new("vector", null)];

    // A row with what is wrong, or null, and the table's owner; no row where there is no table. Only its owner can add rules, row
    // security, conditions and indexes to a table, so that those of an own table are the user's; others can add triggers.
    private const string Judgement = $"""
        SELECT CASE
            WHEN c.relkind <> 'r' THEN 'is no ordinary table'
            WHEN NOT {IsOwn} AND EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid) THEN 'has rules'
            WHEN NOT {IsOwn} AND row_security_active(c.oid) THEN 'has row security'
            WHEN NOT {IsOwn} AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype NOT IN ('p', 'u', 'n', 'f'))
              THEN 'has conditions that simclr did not make'
            WHEN NOT {IsOwn} AND EXISTS (SELECT FROM pg_index
                WHERE indrelid = c.oid AND (indexprs IS NOT NULL OR indpred IS NOT NULL))
              THEN 'has indexes of expressions'
            WHEN EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS w(name, type) WHERE NOT EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = w.name AND a.attnum > 0
                AND a.attgenerated = '' AND a.atttypid = coalesce(w.type::regtype::oid, $5::bigint::oid)))
              THEN 'has not the columns of simclr'
            WHEN $6 AND NOT {IsOwn} THEN 'is not that of ' || current_user
            WHEN $6 AND EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND p.proowner <> c.relowner)
              THEN 'has triggers of others'
          END, pg_get_userbyid(c.relowner)::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
        """;

    /// <summary>Checks the table of indexes, and holds it as it is until the transaction ends.</summary>
    /// <exception cref="EmbeddingException">It is not what it should be.</exception>
    public static void RequireIndexes(NpgsqlConnection connection, IndexNames names, bool write) =>
        Require(connection, names, IndexNames.IndexTable, OfIndexes, write);

    /// <summary>Checks the table of an index's images, and holds it as it is until the transaction ends.</summary>
    /// <exception cref="EmbeddingException">It is not what it should be.</exception>
    /// <exception cref="PostgresException">There is no such table.</exception>
    public static void RequireImages(NpgsqlConnection connection, IndexNames names, int id, bool write) =>
        Require(connection, names, IndexNames.ImageTable(id), OfImages, write);

    /// <summary>Who owns what has a table's name in the schema, or null where nothing has.</summary>
    public static string? OwnerOf(NpgsqlConnection connection, IndexNames names, string table) =>
        (string?)IndexTables.Run(connection, "SELECT pg_get_userbyid(c.relowner)::text FROM pg_class c "
            + "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2", names.Schema!, table);

    private static void Require(NpgsqlConnection connection, IndexNames names, string table, Column[] columns, bool write)
    {
        Judge();
        // From here on nobody can put another in its place; somebody may have since it was checked.
        IndexTables.Run(connection, $"LOCK TABLE ONLY {names.Quoted}.{table} IN ACCESS SHARE MODE");
        Judge();

        void Judge()
        {
            using var command = new NpgsqlCommand(Judgement, connection);
            foreach (var value in new object[] { names.Schema!, table, columns.Select(column => column.Name).ToArray(),
                columns.Select(column => column.Type).ToArray(), names.VectorType, write })
                command.Parameters.Add(new() { Value = value });
            using var reader = command.ExecuteReader();
            if (reader.Read() && !reader.IsDBNull(0))
                throw new EmbeddingException($"{names.Schema}.{table}, which belongs to {reader.GetString(1)}, "
                    + $"{reader.GetString(0)}; simclr {(write ? "writes" : "reads")} only tables that it made itself, "
                    + "since others could act with your rights. Use a schema of your own (Search Path=SCHEMA).");
        }
    }

    private sealed record Column(string Name, string? Type);
}
