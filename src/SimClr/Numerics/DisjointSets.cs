namespace SimClr.Numerics;

/// <summary>Sets that are united pair by pair (union by size, halving of paths).</summary>
internal sealed class DisjointSets
{
    private readonly int[] _parent, _size;

    /// <param name="count">How many elements there are, each in a set of its own.</param>
    public DisjointSets(int count)
    {
        _parent = [.. Enumerable.Range(0, count)];
        _size = new int[count];
        Array.Fill(_size, 1);
    }

    /// <summary>The element that stands for a set.</summary>
    public int Find(int element)
    {
        while (_parent[element] != element) element = _parent[element] = _parent[_parent[element]];
        return element;
    }

    /// <summary>How many elements the set of an element has.</summary>
    public int SizeOf(int element) => _size[Find(element)];

    /// <summary>Unites the sets of two elements; false where they are one already.</summary>
    public bool Unite(int a, int b)
    {
        (a, b) = (Find(a), Find(b));
        if (a == b) return false;
        if (_size[a] < _size[b]) (a, b) = (b, a);
        _parent[b] = a;
        _size[a] += _size[b];
        return true;
    }
}
