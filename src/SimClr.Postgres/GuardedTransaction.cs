using Npgsql;

namespace SimClr.Postgres;

/// <summary>
/// A transaction in which nothing that others put into the database can take the place of what a statement means: its search
/// path is PostgreSQL's own catalogue alone, so that functions, operators and types without a schema are PostgreSQL's, and
/// everything else is named with its schema. Temporary tables come last.
/// </summary>
internal sealed class GuardedTransaction : IDisposable
{
    private readonly NpgsqlTransaction _transaction;

    private GuardedTransaction(NpgsqlTransaction transaction, IReadOnlyList<string> path) =>
        (_transaction, Path) = (transaction, path);

    /// <summary>The connection that it is a transaction of.</summary>
    public NpgsqlConnection Connection => _transaction.Connection!;

    /// <summary>The schemas of the user's search path that exist and may be used, PostgreSQL's own left out.</summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>Begins a transaction.</summary>
    public static GuardedTransaction Begin(NpgsqlConnection connection)
    {
        var transaction = connection.BeginTransaction();
        try
        {
            var path = new List<string>();
            // The only statements that run with the user's path: all names in them have a schema, and there is no operator.
            using (var schemas = new NpgsqlCommand(
                "SELECT s.name::pg_catalog.text FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s(name)",
                connection))
            using (var reader = schemas.ExecuteReader())
                while (reader.Read()) path.Add(reader.GetString(0));
            IndexTables.Run(connection, "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)");
            path.RemoveAll(name => name.StartsWith("pg_", StringComparison.Ordinal) || name == "information_schema");
            return new(transaction, path);
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>Commits the changes.</summary>
    public void Commit() => _transaction.Commit();

    /// <summary>Ends the transaction; uncommitted changes are undone.</summary>
    public void Dispose() => _transaction.Dispose();
}
