using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace SimClr.AspNetCore;

/// <summary>
/// Lets connections in. Where there are too many, of one address or in all, the one that has been idle the longest is closed for
/// the new one: those that wait for a request, send none, or send one slowly. Where none is idle, the new one is refused.
/// </summary>
/// <param name="isFree">Whether an address may have as many as there are: a proxy's, and this machine's own.</param>
/// <param name="most">Connections at once.</param>
/// <param name="mostPerAddress">Connections of one address.</param>
internal sealed class ConnectionGate(Func<IPAddress, bool> isFree, int most, int mostPerAddress)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Visitor> _visitors = []; // in the order of their last request

    /// <summary>Handles a connection from its beginning to its end.</summary>
    public async Task Handle(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Admit(connection) is not { } visitor)
        {
            connection.Abort();
            return;
        }
        connection.Items[typeof(Visitor)] = visitor;
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock)
                if (visitor.Place.List is not null) _visitors.Remove(visitor.Place);
        }
    }

    /// <summary>Handles a request, during which its connection is not idle.</summary>
    public async Task Handle(HttpContext context, Func<Task> next)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is null || !items.TryGetValue(typeof(Visitor), out var item) || item is not Visitor visitor)
        {
            await next();
            return;
        }
        lock (_lock) visitor.IsBusy = true;
        try
        {
            await next();
        }
        finally
        {
            lock (_lock)
            {
                visitor.IsBusy = false;
                if (visitor.Place.List is not null)
                {
                    _visitors.Remove(visitor.Place);
                    _visitors.AddLast(visitor.Place);
                }
            }
        }
    }

    private Visitor? Admit(ConnectionContext connection)
    {
        var visitor = new Visitor(connection, ClientAddress.Of((connection.RemoteEndPoint as IPEndPoint)?.Address));
        Visitor? cancellationToken = null;
        lock (_lock)
        {
            bool IsOfSameClient(Visitor other) => other.Address.Equals(visitor.Address);
            var isMany = !isFree(visitor.Address) && _visitors.Count(IsOfSameClient) >= mostPerAddress;
            if (isMany || _visitors.Count >= most)
            {
                cancellationToken = _visitors.FirstOrDefault(other => !other.IsBusy && (!isMany || IsOfSameClient(other)));
                if (cancellationToken is null) return null;
                _visitors.Remove(cancellationToken.Place);
            }
            _visitors.AddLast(visitor.Place);
        }
        cancellationToken?.Connection.Abort();
        return visitor;
    }

    /// <summary>A connection, and whether it has a request that is being answered.</summary>
    private sealed class Visitor
    {
        public Visitor(ConnectionContext connection, IPAddress address)
        {
            (Connection, Address) = (connection, address);
            Place = new(this);
        }

        public ConnectionContext Connection { get; }

        public IPAddress Address { get; }

        public LinkedListNode<Visitor> Place { get; }

        public bool IsBusy { get; set; }
    }
}
