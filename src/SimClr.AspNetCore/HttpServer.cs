using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SimClr.AspNetCore;

/// <summary>Kestrel with its bounds, and the checks of a request before it is answered.</summary>
internal static class HttpServer
{
    /// <summary>Builds a server that has not started.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="options">Where it listens, and who may ask.</param>
    /// <param name="logger">Receives each unforeseen failure; or null.</param>
    public static WebApplication Build(Endpoints endpoints, ServerOptions options, ILogger? logger)
    {
        var address = options.Address();
        var proxies = options.TrustedProxies.Select(AccessRules.AddressOf).ToHashSet();
        var gate = new ConnectionGate(client => IPAddress.IsLoopback(client) || proxies.Contains(client),
            ServerLimits.MaxConnections, ServerLimits.MaxPerAddress);
        var certificate = ServerCertificate.Read(options);
        // Neither settings of this folder nor of the environment change what it does.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Bound(kestrel, options);
            kestrel.Listen(address, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => gate.Handle(connection, next));
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = ServerLimits.ConnectionBuffer);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        ApiDescription.Add(builder.Services);
        var app = builder.Build();
        var problems = new Problems(logger);
        app.Use((context, next) => gate.Handle(context, () => problems.Handle(context, () => next(context))));
        if (proxies.Count > 0) app.UseForwardedHeaders(Forwarded(proxies));
        app.Use(Checks(options, address));
        app.UseRouting(); // here and not first, where ASP.NET would put it: HEAD is a GET by now
        ApiDescription.Map(app);
        endpoints.Map(app);
        return app;
    }

    /// <summary>Who asks, and where; before anything is done for a request.</summary>
    private static Func<HttpContext, RequestDelegate, Task> Checks(ServerOptions options, IPAddress address)
    {
        var guard = new RequestGuard(
            options.Listen, isWide: !IPAddress.IsLoopback(address), options.PublicNames.Select(PublicName.Parse));
        var token = options.Token is { } secret ? new AccessToken(secret) : null;
        return (context, next) =>
        {
            SecurityHeaders.Set(context.Response.Headers);
            // HEAD is answered as GET is; Kestrel, which remembers, sends the headers alone.
            if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
            guard.Check(context.Request);
            token?.Check(context);
            return next(context);
        };
    }

    private static ForwardedHeadersOptions Forwarded(IEnumerable<IPAddress> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownProxies.Add(proxy);
        return options;
    }

    /// <summary>Bounds of the bytes that a connection may send, and of its speed.</summary>
    private static void Bound(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        // Somewhat larger ones are read and dropped, so that the refusal arrives; a broken connection would say nothing.
        limits.MaxRequestBodySize = 4 * options.MaxBytes;
        limits.MaxRequestBufferSize = ServerLimits.ConnectionBuffer;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 8000, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 2000, gracePeriod: TimeSpan.FromSeconds(5));
    }

    /// <summary>Signals belong to the process that the server is a part of.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
