using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Search;

namespace SimClr.AspNetCore;

/// <summary>
/// Serves an index or a run over HTTP or HTTPS: a page on which images are searched for, and a REST interface for programs.
/// Requests from pages of other sites are refused. Beyond that a token protects it, which is needed where others than this
/// machine can reach it; without one, what can reach the server can search it.
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

    /// <summary>
    /// How many bytes of memory the process takes at most: what it takes now, and what requests may take. An image of the index
    /// that has more pixels than <see cref="ServerOptions.MaxMegapixels"/> takes 16 bytes for each of those on top.
    /// </summary>
    public long MaxMemory { get; private init; }

    /// <summary>
    /// The folders, without links, that images of the index are shown from; none where the images have no folder in
    /// common and <see cref="ServerOptions.ImageFolders"/> names none.
    /// </summary>
    public IReadOnlyList<string> ImageFolders { get; private init; } = [];

    /// <summary>Whether there are image files that are not shown, for want of a folder in common.</summary>
    public bool ImagesAreHidden { get; private init; }

    /// <inheritdoc cref="ImageIndex.Rescaled"/>
    public int Rescaled { get; private init; }

    /// <summary>Images in the index; 0 where a run is served without one.</summary>
    public int Count { get; }

    /// <summary>d, the length of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The name of the run folder of the encoder.</summary>
    public string Run { get; }

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <param name="indexOrRun">An index file, or a run folder, of which only embedding is served.</param>
    /// <param name="options">Where to listen and what to take, or null for this machine only, at port 8080.</param>
    /// <param name="logger">Receives each unforeseen failure as an error, with its exception; or null.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ServerException">There is no such file, an option is out of bounds, or the port in use.</exception>
    /// <exception cref="EmbeddingException">The index is damaged, or its encoder is gone or has changed.</exception>
    public static async Task<SearchServer> StartAsync(string indexOrRun, ServerOptions? options = null,
        ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(indexOrRun);
        options = (options ?? new()).Validated();
        var isWide = !IPAddress.IsLoopback(options.Address());
        var limits = ServerLimits.Of(options, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var opened = Open(indexOrRun, options, limits);
        var endpoints = opened.Endpoints;
        WebApplication? app = null;
        try
        {
            app = HttpServer.Build(endpoints, options, logger);
            await app.StartAsync(cancellationToken);
            return new SearchServer(app, endpoints, opened.Summary, isWide)
            {
                MaxMemory = Environment.WorkingSet + limits.MaxMemory,
                ImageFolders = opened.Folders,
                ImagesAreHidden = opened.AreHidden,
                Rescaled = opened.Rescaled,
            };
        }
        catch (Exception e)
        {
            if (app is not null) await app.DisposeAsync();
            endpoints.Dispose();
            if (e is not (IOException or System.Net.Sockets.SocketException)) throw;
            throw new ServerException($"The server cannot listen at {options.Listen}, port {options.Port}: "
                + $"{(e.InnerException ?? e).Message.TrimEnd('.')}; "
                + $"give another {nameof(options.Port)} or {nameof(options.Listen)}.", e)
            {
                Setting = nameof(options.Port),
                Named = [nameof(options.Port), nameof(options.Listen)],
            };
        }
    }

    /// <summary>Answers the requests under way, for a few seconds at most, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _endpoints.Dispose();
    }

    private sealed record Opened(Endpoints Endpoints, IndexResponse Summary, IReadOnlyList<string> Folders, bool AreHidden,
        int Rescaled);

    private static Opened Open(string indexOrRun, ServerOptions options, ServerLimits limits)
    {
        if (ConnectionWords.AreIn(indexOrRun)) throw new ServerException($"For an index or run, {ConnectionWords.Refusal}.");
        var index = Directory.Exists(indexOrRun) ? null : File.Exists(indexOrRun) ? IndexFile.Read(indexOrRun)
            : throw new ServerException(
                $"There is no index or run {indexOrRun}; {nameof(FileImageIndex)}.{nameof(FileImageIndex.Update)} makes an "
                    + "index.")
            {
                File = indexOrRun,
                Named = [$"{nameof(FileImageIndex)}.{nameof(FileImageIndex.Update)}"],
            };
        var encoder = index is not null ? index.Origin.OpenEmbedder() : Embedder.Open(indexOrRun, new() { Normalize = true });
        try
        {
            var origin = index?.Origin ?? IndexOrigin.Of(encoder);
            var record = RunRecord.Read(origin.Run);
            var folders = index is null || options.ImageFolders.Count > 0
                ? AllowedFolders.Of(options.ImageFolders)
                : AllowedFolders.CommonOf(index);
            var served = index is null ? null : new ServedIndex(index, folders);
            var summary = new IndexResponse(served?.Count ?? 0, encoder.Dimension,
                Path.GetFileName(Path.TrimEndingDirectorySeparator(origin.Run)), record.Config.Options.Model.ToResNet().Name,
                origin.EncoderSha256, origin.Layer, encoder.ImageSize, served?.Classes ?? [])
            {
                UseViews = encoder.UseViews == 1 ? null : encoder.UseViews,
            };
            encoder.Embed(new RgbImage(encoder.ImageSize, encoder.ImageSize)); // the first takes longest
            var page = SearchPage.Of(record, summary, canSearch: served is not null, options);
            var areHidden = folders.Paths.Count == 0
                && index?.Images.Any(image => ImageLocation.Of(image)?.Path is not null) == true;
            return new(new Endpoints(page, encoder, served, summary, options, limits), summary, folders.Paths, areHidden,
                index?.Rescaled ?? 0);
        }
        catch (Exception e)
        {
            encoder.Dispose();
            if (e is DataException) throw new ServerException(e.Message, e);
            throw;
        }
    }
}
