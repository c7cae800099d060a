namespace SimClr.Losses;

/// <summary>
/// Goes through all unordered pairs of blocks, first each block with itself and then in the rounds of a tournament: the pairs of
/// a round have no block in common, so they may be worked on at once, and what a block collects is added in the same order
/// however many threads there are.
/// </summary>
internal static class TileSchedule
{
    /// <summary>Works on a pair of blocks, first ≤ second, with the scratch memory of a worker.</summary>
    public delegate void Work(int first, int second, int worker);

    /// <summary>Runs through the pairs.</summary>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="workers">How many threads may work at once; each has its own number from 0.</param>
    /// <param name="work">Is called once for each pair.</param>
    public static void Run(int blocks, int workers, Work work)
    {
        // An odd number of blocks is made even by one that is not there; who meets it rests.
        var tables = (blocks + 1) / 2;
        var rounds = 2 * tables - 1;
        var count = blocks + rounds * tables;
        var turns = new int[blocks]; // how many pairs of a block are done
        var next = -1;
        if (workers == 1) Worker(0);
        else Parallel.For(0, workers, Worker);

        // Whoever has taken a pair waits for the earlier pairs of its blocks. The earliest pair under way waits for none.
        void Worker(int worker)
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var round = i < blocks ? 0 : 1 + (i - blocks) / tables;
                var (first, second) = i < blocks ? (i, i) : Pair(2 * tables, round - 1, (i - blocks) % tables);
                if (second < blocks)
                {
                    Await(first, round);
                    if (second != first) Await(second, round);
                    work(first, second, worker);
                    Volatile.Write(ref turns[second], round + 1);
                }
                else Await(first, round);
                Volatile.Write(ref turns[first], round + 1);
            }
        }

        void Await(int block, int round)
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref turns[block]) < round) spin.SpinOnce();
        }
    }

    /// <summary>The circle method: one player stays, the others move on by one place in each round.</summary>
    private static (int First, int Second) Pair(int players, int round, int table)
    {
        var turning = players - 1;
        var (one, other) = table == 0
            ? (turning, round)
            : ((round + table) % turning, (round - table + turning) % turning);
        return (Math.Min(one, other), Math.Max(one, other));
    }
}
