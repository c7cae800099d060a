using Npgsql;
using SimClr.Search;

namespace SimClr.Postgres;

/// <summary>An index's row in the table of indexes.</summary>
/// <param name="Id">Its number, which is also in the name of its table of images.</param>
/// <param name="Origin">The encoder and settings that made its vectors.</param>
/// <param name="Count">Its images.</param>
/// <param name="HasHnsw">Whether there is a graph for approximate searches.</param>
internal sealed record IndexRow(int Id, IndexOrigin Origin, int Count, bool HasHnsw)
{
    /// <summary>The row of an index, or null where there is none (or not even the table). The table has been checked.</summary>
    public static IndexRow? Read(NpgsqlConnection connection, IndexNames names, string name)
    {
        if (!names.HasIndexes) return null;
        // Tables of earlier versions lack the last columns until the next update, and a reader may not add them.
        var preprocessing = IndexTables.ColumnOrOne(IndexTables.Preprocessing, connection, names);
        var useViews = IndexTables.ColumnOrOne(IndexTables.UseViews, connection, names);
        using var command = new NpgsqlCommand("SELECT id, run, encoder_sha256, layer, image_size, dimension, pictures, hnsw, "
            + $"{preprocessing}, {useViews} FROM ONLY {names.Indexes} WHERE name = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return null;
        var origin = new IndexOrigin(reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4),
            reader.GetInt32(5))
        {
            Preprocessing = reader.GetInt32(8),
            UseViews = reader.GetInt32(9),
        };
        return new(reader.GetInt32(0), origin, reader.GetInt32(6), reader.GetBoolean(7));
    }
}
