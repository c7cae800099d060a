using System.Net;

namespace SimClr.AspNetCore;

/// <summary>Lets a few work at a time and a bounded number wait; others are turned away at once.</summary>
/// <param name="atOnce">How many work at a time.</param>
/// <param name="most">How many may be inside, working or not; the last quarter are clients that have no place yet.</param>
internal sealed class WorkQueue(int atOnce, int most) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(atOnce);
    private readonly FairShare _inside = new(most, little: 1);

    /// <summary>Comes in; disposing the place leaves again.</summary>
    /// <param name="client">Whose share it is.</param>
    /// <exception cref="RequestRefusedException">There is no place.</exception>
    public Place Enter(IPAddress client) => _inside.TryTake(client, 1)
        ? new Place(this, client)
        : throw RequestRefusedException.Busy();

    /// <summary>Waits for the work under way; none may come in any more.</summary>
    public void Dispose()
    {
        for (var i = 0; i < atOnce; i++) _turns.Wait();
        _turns.Dispose();
    }

    /// <summary>A place inside.</summary>
    internal sealed class Place(WorkQueue turnstile, IPAddress client) : IDisposable
    {
        /// <summary>Works on a thread of its own when it is this place's turn.</summary>
        /// <exception cref="OperationCanceledException">The one who asked left before that.</exception>
        public async Task<T> Work<T>(Func<T> work, CancellationToken cancellationToken)
        {
            await turnstile._turns.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                turnstile._turns.Release();
            }
        }

        public void Dispose() => turnstile._inside.Return(client, 1);
    }
}
