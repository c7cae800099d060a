using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using SimClr.Data;
using SimClr.Features;
using SimClr.Numerics;
using SimClr.Search;

namespace SimClr.Postgres;

/// <summary>
/// An index in a PostgreSQL database with the pgvector extension, for more images than one machine's memory holds, or for
/// several machines that search. Searches look at every vector unless <see cref="PostgresIndexOptions.Approximate"/> is set.
/// An update is one transaction. A database may hold any number of indexes, each with a name.
/// </summary>
public sealed class PostgresImageIndex : IImageIndex
{
    // Members that make an index and a graph, for messages.
    private const string Maker = $"{nameof(PostgresImageIndex)}.{nameof(Update)}";
    private const string GraphMaker = $"{nameof(PostgresIndexOptions)}.{nameof(PostgresIndexOptions.Hnsw)}";

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly PostgresIndexOptions _options;
    private readonly NpgsqlDataSource _source;
    private IndexRow? _row;

    private PostgresImageIndex(NpgsqlConnectionStringBuilder settings, PostgresIndexOptions options)
    {
        (_settings, _options) = (settings, options);
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Npgsql's own statement that asks for types would run with the user's search path.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        _source = builder.Build();
        Name = $"{options.Name} in the {ConnectionText.Place(settings)}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IndexOrigin? Origin => _row?.Origin;

    /// <inheritdoc/>
    public int Count => _row?.Count ?? 0;

    /// <summary>Opens an index, or the place of one that is still to be made.</summary>
    /// <param name="connection">
    /// <c>Host=…;Database=…;Username=…</c> (Npgsql's form) or <c>postgresql://USER@HOST/DATABASE</c>. A password is better
    /// given in <c>PGPASSWORD</c> or <c>~/.pgpass</c>, where no list of processes shows it.
    /// </param>
    /// <param name="options">Which index and how to search it, or null for the one called <c>pictures</c>.</param>
    /// <exception cref="EmbeddingException">
    /// The text is not understood, an option is out of its bounds, or the server cannot be reached.
    /// </exception>
    public static PostgresImageIndex Open(string connection, PostgresIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var index = new PostgresImageIndex(ConnectionText.Parse(connection), (options ?? new()).Validated());
        try
        {
            index.Refresh();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IndexUpdate Update(Embedder embedder, IndexOrigin origin, IReadOnlyList<IImageDataset> parts,
        ILogger? logger = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(parts);
        origin.RequireFit(embedder);
        if (_options.Hnsw && origin.Dimension > IndexTables.LongestHnswVector)
            throw new EmbeddingException($"pgvector's HNSW takes vectors of at most {IndexTables.LongestHnswVector} elements; "
                + $"these have {origin.Dimension}. Leave {nameof(_options.Hnsw)} out; exact search works all the same.")
            {
                Setting = nameof(_options.Hnsw),
            };
        var update = PostgresFailure.Translated(_settings, _options.Name, () =>
        {
            using var connection = _source.OpenConnection();
            IndexTables.Prepare(connection);
            using var transaction = GuardedTransaction.Begin(connection);
            if (!IndexTables.TryLock(connection, _options.Name))
                throw new EmbeddingException($"Another process is updating {Name}; wait for it to end.");
            var done = new IndexTransaction(connection, IndexNames.Find(transaction), _options, origin)
                .Run(embedder, parts, logger, progress, cancellationToken);
            transaction.Commit();
            return done;
        });
        Refresh();
        return update;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var row = _row ?? throw new EmbeddingException($"There is no index {Name}; {Maker} makes one.") { Named = [Maker] };
        if (query.Length != row.Origin.Dimension)
            throw new ArgumentException($"Vectors of this index have length {row.Origin.Dimension}, not {query.Length}.",
                nameof(query));
        if (_options.Approximate && !row.HasHnsw)
            throw new EmbeddingException($"{Name} has no HNSW graph for {nameof(_options.Approximate)}; {GraphMaker} makes one.")
            {
                Setting = nameof(_options.Approximate),
                Named = [nameof(_options.Approximate), GraphMaker],
            };
        var unit = UnitLength.OfQuery(query);
        return PostgresFailure.Translated(_settings, _options.Name, () =>
        {
            try
            {
                return Search(row.Id, unit, count);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                Refresh(); // it was made anew since this was opened
                if (_row?.Origin != row.Origin)
                    throw new EmbeddingException($"{Name} has been made again with another encoder; open it again.");
                return Search(_row.Id, unit, count);
            }
        });
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _source.Dispose();

    private List<SearchHit> Search(int id, float[] unit, int count)
    {
        using var connection = _source.OpenConnection();
        using var transaction = GuardedTransaction.Begin(connection);
        var names = IndexNames.Find(transaction);
        var schema = names.RequireVector();
        if (!names.HasIndexes) throw new EmbeddingException($"There is no index {Name} any more.");
        TableGuard.RequireImages(connection, names, id, write: false);
        // A graph could not hold more in view than this.
        var approximate = _options.Approximate && count <= 1000;
        if (approximate)
            IndexTables.Run(connection, "SELECT set_config('hnsw.ef_search', $1, true)",
                Math.Max(_options.Candidates, count).ToString(CultureInfo.InvariantCulture));
        else
            IndexTables.Run(connection, "SELECT set_config('enable_indexscan', 'off', true)");
        // Vectors have length 1: the inner product is the cosine, and that of a vector of zeros is 0. <#> is its negative.
        var distance = $"vector OPERATOR({schema}.<#>) $1::real[]::{schema}.vector";
        using var command = new NpgsqlCommand($"""
            SELECT picture, class, stamp, -({distance}) FROM ONLY {names.Images(id)}
            ORDER BY {distance}{(approximate ? "" : ", id")} LIMIT $2
            """, connection)
        {
            Parameters = { new() { Value = unit }, new() { Value = count } },
        };
        using var reader = command.ExecuteReader();
        var hits = new List<SearchHit>();
        while (reader.Read())
        {
            var className = reader.IsDBNull(1) ? null : reader.GetString(1);
            hits.Add(new(new(reader.GetString(0), className, reader.GetString(2)), reader.GetDouble(3)));
        }
        return hits;
    }

    private void Refresh() => _row = PostgresFailure.Translated(_settings, _options.Name, () =>
    {
        using var connection = _source.OpenConnection();
        using var transaction = GuardedTransaction.Begin(connection);
        var names = IndexNames.Find(transaction);
        if (names.HasIndexes) TableGuard.RequireIndexes(connection, names, write: false);
        return IndexRow.Read(connection, names, _options.Name);
    });
}
