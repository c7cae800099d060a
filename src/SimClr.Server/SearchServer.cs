using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SimClr.Embedding;
using SimClr.Images;
using SimClr.Reports;

namespace SimClr.Server;

/// <summary>
/// Serves an index or a run over HTTP: a page on which pictures are searched for, and a REST interface for programs. Requests
/// from pages of other sites are refused; there is no other protection, so what can reach the server can search it.
/// </summary>
public sealed class SearchServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Endpoints _endpoints;

    private SearchServer(WebApplication app, Endpoints endpoints, IndexResponse summary, bool isWide)
    {
        IsWide = isWide;
        (_app, _endpoints, Count, Dimension, Run) = (app, endpoints, summary.Count, summary.Dimension, summary.Run);
        var features = app.Services.GetRequiredService<IServer>().Features;
        var bound = new UriBuilder(features.Get<IServerAddressesFeature>()!.Addresses.First());
        // All addresses of this machine together are none that a browser could open.
        if (bound.Host is "0.0.0.0" or "[::]") bound.Host = "localhost";
        Address = bound.Uri;
    }

    /// <summary>Where the server is for programs of this machine, with the port that it took.</summary>
    public Uri Address { get; }

    /// <summary>Whether other machines can reach it.</summary>
    public bool IsWide { get; }

    /// <summary>Pictures in the index; 0 where a run is served without one.</summary>
    public int Count { get; }

    /// <summary>d, the length of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The name of the run folder of the encoder.</summary>
    public string Run { get; }

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <param name="indexOrRun">An index file, or a run folder, of which only embedding is served.</param>
    /// <param name="options">Where to listen and what to take, or null for this machine only, at port 8080.</param>
    /// <param name="note">Is told in one line of failures that were not foreseen; or null.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="ServerException">There is no such file, an option is out of bounds, or the port in use.</exception>
    /// <exception cref="EmbeddingException">The index is damaged, or its encoder is gone or has changed.</exception>
    public static async Task<SearchServer> StartAsync(string indexOrRun, ServerOptions? options = null,
        Action<string>? note = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(indexOrRun);
        options = (options ?? new()).Validated();
        var address = options.Address();
        var isWide = !IPAddress.IsLoopback(address);
        var (endpoints, summary) = Open(indexOrRun, options);
        WebApplication? app = null;
        try
        {
            app = Build(endpoints, options, address, new RequestGuard(options.Listen, isWide), note ?? (_ => { }));
            await app.StartAsync(cancellation);
            return new SearchServer(app, endpoints, summary, isWide);
        }
        catch (Exception e)
        {
            if (app is not null) await app.DisposeAsync();
            endpoints.Dispose();
            if (e is not (IOException or System.Net.Sockets.SocketException)) throw;
            throw new ServerException($"The server cannot listen at {options.Listen}, port {options.Port}: "
                + $"{(e.InnerException ?? e).Message.TrimEnd('.')}; give another --port or --listen.", e);
        }
    }

    /// <summary>Answers what was asked, for a few seconds at most, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _endpoints.Dispose();
    }

    private static (Endpoints Endpoints, IndexResponse Summary) Open(string indexOrRun, ServerOptions options)
    {
        var index = Directory.Exists(indexOrRun) ? null : File.Exists(indexOrRun) ? IndexFile.Read(indexOrRun)
            : throw new ServerException($"There is no index or run {indexOrRun}; simclr index RUN DATA --out makes an index.");
        var encoder = index is not null ? index.Origin.OpenEmbedder() : Embedder.Open(indexOrRun, new() { Normalize = true });
        try
        {
            var origin = index?.Origin ?? IndexOrigin.Of(encoder);
            var record = RunRecord.Read(origin.Run);
            var served = index is null ? null : new ServedIndex(index);
            var summary = new IndexResponse(served?.Count ?? 0, encoder.Dimension,
                Path.GetFileName(Path.TrimEndingDirectorySeparator(origin.Run)), record.Config.Options.Encoder,
                origin.EncoderSha256, origin.Layer, encoder.ImageSize, served?.Classes ?? []);
            encoder.Embed(new RgbImage(encoder.ImageSize, encoder.ImageSize)); // the first takes longest
            var page = SearchPage.Of(record, summary, canSearch: served is not null, options);
            return (new Endpoints(page, encoder, served, summary, options), summary);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private static WebApplication Build(
        Endpoints endpoints, ServerOptions options, IPAddress address, RequestGuard guard, Action<string> note)
    {
        // Neither settings of this folder nor of the environment change what it does.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Bound(kestrel, options);
            kestrel.Listen(address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        ApiDescription.Add(builder.Services);
        var app = builder.Build();
        var problems = new Problems(note);
        app.Use((context, next) => problems.Handle(context, async () =>
        {
            SecurityHeaders.Set(context.Response.Headers);
            guard.Check(context.Request);
            await next(context);
        }));
        app.MapOpenApi();
        endpoints.Map(app);
        return app;
    }

    /// <summary>Bounds of what a connection may send, and of how slowly it may do so.</summary>
    private static void Bound(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MostBytes + 64 * 1024;
        limits.MaxConcurrentConnections = 1000;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 2000, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 2000, gracePeriod: TimeSpan.FromSeconds(5));
    }

    /// <summary>Signals belong to the process that the server is a part of.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
