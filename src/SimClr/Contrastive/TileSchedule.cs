namespace SimClr.Contrastive;

/// <summary>
/// Goes through all unordered pairs of blocks, first each block with itself and then in the rounds of a tournament: the pairs of a
/// round have no block in common, so they may be worked on at once, and what a block collects is added in the same order however
/// many threads there are.
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
        Round(blocks, workers, (i, worker) => work(i, i, worker));
        // The circle method: one player stays, the others move on by one place in each round. An odd one out rests.
        var players = blocks + blocks % 2;
        for (var round = 0; round < players - 1; round++)
        {
            Round(players / 2, workers, (table, worker) =>
            {
                var (one, other) = Pair(players, round, table);
                if (Math.Max(one, other) < blocks) work(Math.Min(one, other), Math.Max(one, other), worker);
            });
        }
    }

    private static (int One, int Other) Pair(int players, int round, int table)
    {
        var turning = players - 1;
        return table == 0
            ? (turning, round)
            : ((round + table) % turning, (round - table + turning) % turning);
    }

    private static void Round(int count, int workers, Action<int, int> work)
    {
        workers = Math.Min(workers, count);
        if (workers == 1)
        {
            for (var i = 0; i < count; i++) work(i, 0);
            return;
        }
        var next = -1;
        Parallel.For(0, workers, worker =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next)) work(i, worker);
        });
    }
}
