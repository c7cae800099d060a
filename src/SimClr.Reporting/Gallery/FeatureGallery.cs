using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Numerics;
using static TorchSharp.torch;

namespace SimClr.Reporting;

/// <summary>
/// Images that show a person what an encoder holds for alike: some of a set with their nearest neighbors in it, and a map
/// (<see cref="Tsne"/>) of more of them. Labels, where there are any, choose images evenly and color frames; nothing else.
/// </summary>
/// <param name="features">A vector h for each image.</param>
/// <param name="data">The dataset.</param>
/// <param name="indices">Which image of the dataset each vector is of.</param>
/// <param name="seed">Decides which images are shown.</param>
internal sealed class FeatureGallery(FeatureSet features, IImageDataset data, int[] indices, ulong seed)
{
    /// <summary>Names of the files in a run folder.</summary>
    public const string NeighborsFile = "neighbors.png", MapFile = "map.png";

    private const int Rows = 8, NeighborsOfEach = 7, MaxOnMap = 500;

    /// <summary>How many images there are.</summary>
    public int Count => features.Count;

    /// <summary>How many classes frames tell apart; 0 where no two images can be of different ones.</summary>
    public int ClassCount => features.ClassCount > 1 && features.Labels.Any(label => label >= 0) ? features.ClassCount : 0;

    /// <summary>Some images and the nearest of all others, by cosine.</summary>
    public RgbImage DrawNeighbors()
    {
        int[] queries = [.. Choose(Rows).OrderBy(row => features.Labels[row]).ThenBy(row => row)];
        var nearest = Nearest(queries);
        NeighborGrid.Shown Shown(int row) => new(indices[row], features.Labels[row]);
        return new NeighborGrid(new Thumbnails(data))
            .Draw([.. queries.Select((query, i) => (NeighborGrid.Shown[])[Shown(query), .. nearest[i].Select(Shown)])]);
    }

    /// <summary>At most 500 images at places that keep neighbors together.</summary>
    public RgbImage DrawMap()
    {
        int[] rows = [.. Choose(MaxOnMap).Order()];
        var places = Tsne.Embed(Gather(rows).Values, rows.Length);
        return new MapImage(new Thumbnails(data)).Draw(
            places, Array.ConvertAll(rows, row => indices[row]), Array.ConvertAll(rows, row => features.Labels[row]),
            features.ClassNames);
    }

    /// <summary>The rows nearest to each of some, without itself, nearest first.</summary>
    internal int[][] Nearest(int[] queries) =>
        Array.ConvertAll(NearestOthers.Find(features, queries, NeighborsOfEach, CPU),
            others => Array.ConvertAll(others, other => other.Row));

    /// <summary>Rows at random, of each class equally many as far as they last.</summary>
    internal int[] Choose(int count)
    {
        int[] order = [.. Enumerable.Range(0, features.Count)];
        new CounterRandom(seed, epoch: 0, item: 0, view: 0, DrawPurpose.Gallery).Shuffle<int>(order);
        return [.. ClassTurns.Ranked(order, row => features.Labels[row]).Take(count).Select(chosen => chosen.Item)];
    }

    private FeatureSet Gather(int[] rows)
    {
        var values = new float[rows.Length * features.Dimension];
        for (var i = 0; i < rows.Length; i++) features.Row(rows[i]).CopyTo(values.AsSpan(i * features.Dimension));
        return new FeatureSet(values, features.Dimension, Array.ConvertAll(rows, row => features.Labels[row]),
            features.ClassNames);
    }
}
