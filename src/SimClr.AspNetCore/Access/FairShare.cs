using System.Net;

namespace SimClr.AspNetCore;

/// <summary>
/// A bounded amount of something that no client can have all of: the last quarter is for those that hold little. One that comes
/// alone gets three quarters; several that come in numbers leave room for the next.
/// </summary>
/// <param name="most">How much there is.</param>
/// <param name="little">The most that a client may hold and still take from the last quarter.</param>
internal sealed class FairShare(long most, long little)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, long> _held = [];
    private long _taken;

    /// <summary>How much one client can have when it comes alone.</summary>
    public long Alone => Math.Max(most - (most / 4), Math.Min(little, most));

    /// <summary>Takes some, which is to be given back.</summary>
    /// <returns>False where there is not that much for this client.</returns>
    public bool TryTake(IPAddress client, long amount)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(client) + amount;
            var kept = held <= little ? 0 : most / 4;
            if (_taken + amount > most - kept) return false;
            _taken += amount;
            _held[client] = held;
            return true;
        }
    }

    /// <summary>Gives back the share that was taken.</summary>
    public void Return(IPAddress client, long amount)
    {
        if (amount == 0) return;
        lock (_lock)
        {
            _taken -= amount;
            if ((_held[client] -= amount) == 0) _held.Remove(client);
        }
    }
}
