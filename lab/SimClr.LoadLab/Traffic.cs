namespace SimClr.LoadLab;

/// <summary>How many uploads are under way, and how many there were at most while one of them was.</summary>
internal sealed class Traffic
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _most = [];
    private int _uploads;

    /// <summary>An upload begins.</summary>
    public void Begins(int request)
    {
        lock (_lock)
        {
            _uploads++;
            _most[request] = _uploads;
            foreach (var other in _most.Keys) _most[other] = Math.Max(_most[other], _uploads);
        }
    }

    /// <summary>An upload has been answered.</summary>
    /// <returns>The most there were meanwhile.</returns>
    public int Ends(int request)
    {
        lock (_lock)
        {
            _uploads--;
            _most.Remove(request, out var most);
            return most;
        }
    }
}
