using System.Net;
using Microsoft.AspNetCore.Connections;
using SimClr.AspNetCore;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>Shares, places and connections.</summary>
public sealed class ServerLimitsTests
{
    private static readonly IPAddress A = IPAddress.Parse("192.0.2.1"), B = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void One_client_leaves_the_last_quarter_to_others()
    {
        var share = new FairShare(16, little: 1);
        var taken = Enumerable.Range(0, 16).Count(_ => share.TryTake(A, 1));
        Assert.Equal((12, 12), (taken, share.Alone));
        Assert.True(share.TryTake(B, 1));
        Assert.False(share.TryTake(B, 1));
        var newcomers = Enumerable.Range(10, 10).Count(i => share.TryTake(IPAddress.Parse($"192.0.2.{i}"), 1));
        Assert.Equal(3, newcomers);
        share.Return(A, 6);
        Assert.True(share.TryTake(B, 1));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var share = new FairShare(8, little: 2);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(share.TryTake(A, 2) && share.TryTake(B, 2) && share.TryTake(A, 2));
            Assert.False(share.TryTake(A, 2));
            share.Return(A, 4);
            share.Return(B, 2);
            share.Return(B, 0);
        }
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void Addresses_of_one_customer_count_as_one(string address, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientAddress.Of(IPAddress.Parse(address)));

    [Fact]
    public void Memory_for_files_scales_with_the_machine_and_the_bound_follows_the_formula()
    {
        var options = new ServerOptions { MaxUploadMegabytes = 20, MaxMegapixels = 50 };
        var (small, large) = (ServerLimits.Of(options, 1_000_000_000), ServerLimits.Of(options, 64_000_000_000));
        Assert.Equal((120_000_000, 320_000_000), (small.UploadBytes, large.UploadBytes));
        Assert.Equal((17 * 20 + 16 * 50 + 600) * 1_000_000L, large.MaxMemory); // as docs/server.md and --help say
    }

    [Fact]
    public async Task A_search_waits_for_its_turn_and_too_many_are_turned_away()
    {
        using var turnstile = new WorkQueue(1, 4);
        using var gate = new ManualResetEventSlim();
        var places = Enumerable.Range(0, 3).Select(_ => turnstile.Enter(A)).ToList();
        Assert.Equal(503, Assert.Throws<RequestRefusedException>(() => turnstile.Enter(A)).Status);
        var (running, most) = (0, 0);
        var work = places.Select(place => place.Work(() =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            gate.Wait();
            return Interlocked.Decrement(ref running);
        }, default)).ToList();
        gate.Set();
        await Task.WhenAll(work);
        Assert.Equal(1, most);
        places.ForEach(place => place.Dispose());
        turnstile.Enter(A).Dispose();
    }

    [Fact]
    public async Task The_connection_that_was_idle_the_longest_is_closed_for_a_new_one()
    {
        var gate = new ConnectionGate(_ => false, most: 3, mostPerAddress: 2);
        var (a1, a2, b1) = (Connect(gate, A), Connect(gate, A), Connect(gate, B));
        var a3 = Connect(gate, A); // of its own address
        Assert.Equal([true, false, false, false], new[] { a1, a2, b1, a3 }.Select(IsClosed));
        var b2 = Connect(gate, B); // of all
        Assert.Equal([true, false, false, false], new[] { a2, a3, b1, b2 }.Select(IsClosed));
        var busy = new TaskCompletionSource();
        var requests = new[] { a3, b1, b2 }.Select(connection => Ask(gate, connection, busy.Task)).ToList();
        Assert.True(IsClosed(Connect(gate, B)));
        Assert.Equal([false, false, false], new[] { a3, b1, b2 }.Select(IsClosed));
        busy.SetResult();
        await Task.WhenAll(requests);
        Assert.False(IsClosed(Connect(gate, IPAddress.Parse("192.0.2.3"))));
        Assert.Single(new[] { a3, b1, b2 }, IsClosed);
    }

    private static DefaultConnectionContext Connect(ConnectionGate gate, IPAddress address)
    {
        var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(address, 1) };
        _ = gate.Handle(connection, open => Task.Delay(Timeout.Infinite, open.ConnectionClosed));
        return connection;
    }

    private static Task Ask(ConnectionGate gate, DefaultConnectionContext connection, Task answered) =>
        gate.Handle(new Microsoft.AspNetCore.Http.DefaultHttpContext(connection.Features), () => answered);

    private static bool IsClosed(ConnectionContext connection) => connection.ConnectionClosed.WaitHandle.WaitOne(50);
}
