namespace SimClr.Server;

/// <summary>Lets a few work at a time and a bounded number wait; others are turned away at once.</summary>
/// <param name="atOnce">How many work at a time.</param>
/// <param name="most">How many may be inside, working or not.</param>
internal sealed class Turnstile(int atOnce, int most) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(atOnce);
    private int _inside;

    /// <summary>Comes in; disposing the place leaves again.</summary>
    /// <exception cref="Refusal">There is no place.</exception>
    public Place Enter()
    {
        if (Interlocked.Increment(ref _inside) <= most) return new Place(this);
        Interlocked.Decrement(ref _inside);
        throw Refusal.Busy();
    }

    /// <summary>Waits for the work under way; none may come in any more.</summary>
    public void Dispose()
    {
        for (var i = 0; i < atOnce; i++) _turns.Wait();
        _turns.Dispose();
    }

    /// <summary>A place inside.</summary>
    internal sealed class Place(Turnstile turnstile) : IDisposable
    {
        /// <summary>Works on a thread of its own when it is this place's turn.</summary>
        /// <exception cref="OperationCanceledException">The one who asked left before that.</exception>
        public async Task<T> Work<T>(Func<T> work, CancellationToken leaving)
        {
            await turnstile._turns.WaitAsync(leaving);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                turnstile._turns.Release();
            }
        }

        public void Dispose() => Interlocked.Decrement(ref turnstile._inside);
    }
}
