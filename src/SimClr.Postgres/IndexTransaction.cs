using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using SimClr.Data;
using SimClr.Features;
using SimClr.Search;

namespace SimClr.Postgres;

/// <summary>
/// An update of an index as one transaction: others see the index as it was until all of it is there. Vectors go to the server
/// as they are made.
/// </summary>
internal sealed class IndexTransaction(NpgsqlConnection connection, IndexNames names, PostgresIndexOptions options,
    IndexOrigin origin)
{
    /// <summary>Updates the index; the caller commits.</summary>
    public IndexUpdate Run(Embedder embedder, IReadOnlyList<IImageDataset> parts,
        ILogger? logger, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        TableGuard.RequireIndexes(connection, names, write: true);
        var before = IndexRow.Read(connection, names, options.Name);
        if (before is not null) TableGuard.RequireImages(connection, names, before.Id, write: true);
        var isNew = before?.Origin != origin;
        var known = isNew ? [] : Known(before!.Id);
        var changes = IndexChanges.Find(parts, known).ToList();
        cancellationToken.ThrowIfCancellationRequested();

        var kept = changes.SelectMany(part => part.Kept).ToHashSet();
        int[] gone = [.. known.Values.Where(row => !kept.Contains(row))];
        var id = isNew ? Create(before) : before!.Id;
        if (gone.Length > 0)
            IndexTables.Run(connection, $"DELETE FROM ONLY {names.Images(id)} WHERE id = ANY($1)", gone);
        var added = Copy(id, changes, embedder, logger, progress, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        IndexChanges.RequireAny(kept.Count + added, changes.Sum(part => part.New.Count) - added, parts);

        var hasHnsw = !isNew && before!.HasHnsw;
        if (options.Hnsw && !hasHnsw) IndexTables.CreateHnsw(connection, names, id);
        IndexTables.Run(connection, $"UPDATE ONLY {names.Indexes} SET pictures = $1, hnsw = $2 WHERE id = $3",
            kept.Count + added, hasHnsw || options.Hnsw, id);
        // Last, because readers of the old table wait from here on.
        if (isNew && before is not null) IndexTables.Run(connection, $"DROP TABLE {names.Images(before.Id)}");
        return new(added, kept.Count, gone.Length, changes.Sum(part => part.New.Count) - added);
    }

    private Dictionary<IndexedImage, int> Known(int id)
    {
        using var command = new NpgsqlCommand($"SELECT picture, class, stamp, id FROM ONLY {names.Images(id)}", connection);
        using var reader = command.ExecuteReader();
        var known = new Dictionary<IndexedImage, int>();
        while (reader.Read())
        {
            var className = reader.IsDBNull(1) ? null : reader.GetString(1);
            known[new(reader.GetString(0), className, reader.GetString(2))] = reader.GetInt32(3);
        }
        return known;
    }

    private int Create(IndexRow? before)
    {
        if (before is not null) IndexTables.Run(connection, $"DELETE FROM ONLY {names.Indexes} WHERE id = $1", before.Id);
        var id = (int)IndexTables.Run(connection, $"""
            INSERT INTO {names.Indexes}
              (name, run, encoder_sha256, layer, image_size, dimension, pictures, hnsw, preprocessing, use_views)
            VALUES ($1, $2, $3, $4, $5, $6, 0, false, $7, $8) RETURNING id
            """, options.Name, origin.Run, origin.EncoderSha256, origin.Layer, origin.ImageSize, origin.Dimension,
            origin.Preprocessing, origin.UseViews)!;
        IndexTables.Create(connection, names, id, origin.Dimension);
        return id;
    }

    private int Copy(int id, List<IndexChanges> changes, Embedder embedder,
        ILogger? logger, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (changes.TrueForAll(part => part.New.Count == 0)) return 0;
        var added = 0;
        using var rows = connection.BeginBinaryImport(
            $"COPY {names.Images(id)} (picture, class, stamp, vector) FROM STDIN (FORMAT BINARY)");
        rows.Timeout = TimeSpan.Zero; // the next row comes when the encoder has it
        foreach (var (image, vector) in changes.SelectMany(part => part.Embed(embedder, logger, cancellationToken)))
        {
            rows.StartRow();
            rows.Write(image.Image);
            if (image.ClassName is null) rows.WriteNull();
            else rows.Write(image.ClassName);
            rows.Write(image.Stamp);
            rows.Write(VectorForm.Bytes(vector), NpgsqlDbType.Bytea); // COPY hands the bytes to the column's type
            added++;
            progress?.Report(added);
        }
        rows.Complete();
        return added;
    }
}
