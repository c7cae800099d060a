using System.Collections.Concurrent;
using System.Diagnostics;

namespace SimClr.LoadLab;

/// <summary>Asks a server all that a plan says, and looks at its memory.</summary>
internal static class LoadRound
{
    private const int Stride = 37; // has no factor in common with 100, so that the kinds mix

    public static async Task<LoadReport> Run(LoadPlan plan, ServerProcess server)
    {
        var kinds = RequestKinds.For(server.Address, plan.LargeSide);
        RequestKind[] hundred = [.. kinds.SelectMany(kind => Enumerable.Repeat(kind, kind.Percent))];
        using var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = plan.Connections,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(20),
            UseProxy = false,
        };
        using var client = new HttpClient(handler) { Timeout = plan.Patience };
        using var patience = new CancellationTokenSource(plan.Patience);
        var (answers, traffic, next) = (new ConcurrentBag<Answer>(), new Traffic(), -1);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i < plan.Requests)
                answers.Add(await Ask(client, hundred[(i + plan.Seed) * Stride % hundred.Length], i, traffic, patience.Token));
        }));
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.Delay(plan.Pause);
        return new(plan, [.. answers], seconds, server.AtStart, server.Peak, server.Resident, server.MaxMemory);
    }

    private static async Task<Answer> Ask(
        HttpClient client, RequestKind kind, int number, Traffic traffic, CancellationToken patience)
    {
        if (kind.IsUpload) traffic.Begins(number);
        var (watch, status) = (Stopwatch.StartNew(), 0);
        try
        {
            using var request = kind.Make(number);
            using var response = await client.SendAsync(request, patience);
            status = (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            status = 0; // no answer, which the report counts
        }
        return new(kind, status, watch.Elapsed.TotalMilliseconds, kind.IsUpload ? traffic.Ends(number) : 0);
    }
}
