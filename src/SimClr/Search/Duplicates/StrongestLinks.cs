using SimClr.Numerics;

namespace SimClr.Search;

/// <summary>
/// The pairs that hold groups together: of any number of pairs those of a maximum spanning forest, fewer than there are images.
/// Two images are connected by pairs of at least some similarity if and only if they are so by the forest's, so that the
/// groups of every threshold can be read from it. Pairs are collected and, whenever there is no room for more, those that close
/// a circle of stronger ones are dropped (Kruskal).
/// </summary>
/// <param name="images">How many images there are.</param>
/// <param name="room">How many pairs are collected at most.</param>
internal sealed class StrongestLinks(int images, int room)
{
    private readonly Lock _gate = new();
    private readonly SimilarPair[] _links = new SimilarPair[Math.Max(room, 2 * images)];
    private int _count;

    /// <summary>Offers pairs; by any thread.</summary>
    public void Add(ReadOnlySpan<SimilarPair> links)
    {
        lock (_gate)
        {
            foreach (var link in links)
            {
                if (_count == _links.Length) KeepForest();
                _links[_count++] = link;
            }
        }
    }

    /// <summary>The forest of all pairs that were offered, strongest first; the same in whatever order they came.</summary>
    public SimilarPair[] Forest()
    {
        lock (_gate)
        {
            KeepForest();
            return _links[.._count];
        }
    }

    private void KeepForest()
    {
        var links = _links.AsSpan(0, _count);
        links.Sort();
        var sets = new DisjointSets(images);
        _count = 0;
        foreach (var link in links)
            if (sets.Unite(link.First, link.Second)) _links[_count++] = link;
    }
}
