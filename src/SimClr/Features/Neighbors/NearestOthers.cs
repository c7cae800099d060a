using TorchSharp;

namespace SimClr.Features;

/// <summary>The nearest other vectors of some vectors of a set.</summary>
public static class NearestOthers
{
    /// <summary>Finds them exactly.</summary>
    /// <param name="set">The vectors, two or more.</param>
    /// <param name="rows">Of which of them.</param>
    /// <param name="k">How many each; fewer where there are fewer.</param>
    /// <param name="device">Where similarities are formed.</param>
    /// <returns>For each row its nearest others, nearest first: which, and the cosine.</returns>
    public static (int Row, double Similarity)[][] Find(FeatureSet set, int[] rows, int k, torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(rows);
        var values = new float[checked(rows.Length * set.Dimension)];
        for (var i = 0; i < rows.Length; i++) set.Row(rows[i]).CopyTo(values.AsSpan(i * set.Dimension));
        var queries = new FeatureSet(values, set.Dimension, new int[rows.Length], [""]);
        var found = new (int, double)[rows.Length][];
        // One more: a vector is its own nearest, but for others that are the same.
        var search = new NearestNeighborSearch(set, [.. Enumerable.Range(0, set.Count)], (int)Math.Min(k + 1L, set.Count));
        search.Run(queries, device, (query, _, neighbors) =>
        {
            var others = new List<(int, double)>(k);
            foreach (var key in neighbors)
                if (new Neighbor(key) is var neighbor && neighbor.Row != rows[query] && others.Count < k)
                    others.Add((neighbor.Row, neighbor.Similarity));
            found[query] = [.. others];
        });
        return found;
    }
}
