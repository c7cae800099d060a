using System.Collections.Concurrent;

namespace SimClr.Torch.Tests.Threads;

/// <summary>Many threads that ask the same object at once.</summary>
internal static class Hammer
{
    public const int Threads = 16;

    /// <summary>
    /// Asks everything on one thread, then on sixteen, each in an order of its own, and requires the same answers exactly.
    /// </summary>
    /// <param name="questions">How many different ones there are.</param>
    /// <param name="rounds">How often each thread asks every one.</param>
    /// <param name="ask">The answer to a question, as something that is equal when it is the same to the last bit.</param>
    public static void Run<T>(int questions, int rounds, Func<int, IReadOnlyList<T>> ask)
    {
        T[][] alone = [.. Enumerable.Range(0, questions).Select(question => ask(question).ToArray())];
        Assert.Equal(alone[0], ask(0));
        var failures = new ConcurrentQueue<string>();
        Together(thread =>
        {
            for (var i = 0; i < rounds * questions; i++)
            {
                var question = (thread + i) % questions;
                try
                {
                    if (!ask(question).SequenceEqual(alone[question])) failures.Enqueue($"question {question}: another answer");
                }
                catch (Exception e)
                {
                    failures.Enqueue($"question {question}: {e}");
                }
            }
        });
        Assert.True(failures.IsEmpty,
            $"{failures.Count} of {Threads * rounds * questions}, the first: {failures.FirstOrDefault()}");
    }

    /// <summary>Runs on sixteen threads that begin together.</summary>
    public static void Together(Action<int> work)
    {
        using var start = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            work(index);
        }))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
    }
}
