using Microsoft.AspNetCore.Mvc;
using SimClr.Features;

namespace SimClr.AspNetCore;

/// <summary>The page and the REST interface.</summary>
internal sealed class Endpoints : IDisposable
{
    private const int MaxHits = 100, DefaultHits = 10;

    // Thumbnails are asked for by the dozen, and each takes some milliseconds; a search of a million vectors takes a hundred.
    private const int MaxThumbnails = 256, MaxSearches = 64;

    private readonly SearchPage _page;
    private readonly ServedIndex? _index;
    private readonly IndexResponse _summary;
    private readonly ServerOptions _options;
    private readonly UploadMemory _uploads;
    private readonly SpareMemory _spare = new();
    private readonly Workbench _workbench;
    private readonly WorkQueue _encoding;
    private readonly WorkQueue _drawing = new(ServerLimits.Drawing, MaxThumbnails);
    private readonly WorkQueue _searching = new(Math.Max(1, Environment.ProcessorCount / 2), MaxSearches);

    /// <param name="page">The page.</param>
    /// <param name="encoder">Used by one request at a time; it is the endpoints' own.</param>
    /// <param name="index">The index, or null where a run is served without an index.</param>
    /// <param name="summary">A summary of the served index or run.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="limits">The limits on concurrent work.</param>
    public Endpoints(SearchPage page, Embedder encoder, ServedIndex? index, IndexResponse summary, ServerOptions options,
        ServerLimits limits)
    {
        (_page, _index, _summary, _options) = (page, index, summary, options);
        _uploads = new(limits);
        _workbench = new(encoder, limits, _spare);
        _encoding = new(1, options.MaxImages);
        _spare.LettingGo += _workbench.Clear;
        _spare.LettingGo += _uploads.Clear;
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/", Page).ExcludeFromDescription();
        var api = app.MapGroup("/api").WithTags("SimCLR.NET").ProducesProblem(400).ProducesProblem(401)
            .ProducesProblem(403);
        api.MapGet("/health", () => new HealthResponse("ok")).WithSummary("Whether the server is there.");
        api.MapGet("/index", () => _summary).WithSummary("What is served.")
            .WithDescription("The number of images, the length of their vectors, and the encoder.");
        api.MapPost("/embed", Embed).WithSummary("The vector of an image.").Produces<EmbedResponse>().TakesImage()
            .WithDescription("Vectors have Euclidean length 1, so that the sum of products of two is their similarity.");
        api.MapPost("/search", SearchImage).WithSummary("The images of the index that are most like an image that is sent.")
            .Produces<SearchResponse>().TakesImage().ProducesProblem(404).DescribesTop();
        api.MapGet("/search", SearchIndexed)
            .WithSummary("The images of the index that are most like one of them, without itself.")
            .Produces<SearchResponse>().ProducesProblem(404).ProducesProblem(503).DescribesTop();
        api.MapGet("/thumbnails/{id:int}", Thumbnail).WithSummary("An image of the index, small.")
            .WithDescription($"A PNG that fits into {ServedIndex.ThumbnailSide} x {ServedIndex.ThumbnailSide} pixels.")
            .Produces(200, contentType: "image/png").Produces(304).ProducesProblem(404).ProducesProblem(503);
    }

    public void Dispose()
    {
        _encoding.Dispose();
        _drawing.Dispose();
        _searching.Dispose();
        _spare.Dispose();
        _workbench.Dispose();
    }

    private IResult Page(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = _page.ContentSecurityPolicy;
        return Results.Content(_page.Html, "text/html; charset=utf-8");
    }

    private async Task<IResult> Embed(HttpRequest request, CancellationToken cancellationToken)
    {
        var vector = await Encode(request, cancellationToken);
        return Results.Ok(new EmbedResponse(vector.Length, vector));
    }

    private async Task<IResult> SearchImage(HttpRequest request, CancellationToken cancellationToken, int top = DefaultHits)
    {
        var (images, count) = (RequireIndex(), RequireCount(top));
        var vector = await Encode(request, cancellationToken);
        return await Search(request, () => images.Search(vector, count), cancellationToken);
    }

    private Task<IResult> SearchIndexed(
        HttpRequest request, [FromQuery(Name = "picture")] int image, CancellationToken cancellationToken, int top = DefaultHits)
    {
        var (images, count) = (RequireIndex(), RequireCount(top));
        return Search(request, () => images.Search(image, count), cancellationToken);
    }

    private async Task<IResult> Search(HttpRequest request, Func<SearchResponse> search, CancellationToken cancellationToken)
    {
        using var place = _searching.Enter(ClientAddress.Of(request));
        return Results.Ok(await place.Work(search, cancellationToken));
    }

    private async Task<IResult> Thumbnail(int id, HttpContext context, CancellationToken cancellationToken)
    {
        var images = RequireIndex();
        var tag = images.ThumbnailTag(id);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache"; // kept, and asked for again by its tag
        if (context.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(StatusCodes.Status304NotModified);
        using var place = _drawing.Enter(ClientAddress.Of(context.Request));
        return Results.Bytes(await place.Work(() => images.ReadThumbnail(id, _spare), cancellationToken), "image/png");
    }

    // The image is received before it takes a place, so that slow senders keep nobody from the encoder.
    private async Task<float[]> Encode(HttpRequest request, CancellationToken cancellationToken)
    {
        using var received = await Upload.Receive(request, _uploads, _options, cancellationToken);
        using var place = _encoding.Enter(ClientAddress.Of(request));
        return await place.Work(() => _workbench.Embed(received), cancellationToken);
    }

    private ServedIndex RequireIndex() =>
        _index ?? throw new RequestRefusedException(404, "A run is served without an index; make one, and serve that.");

    private static int RequireCount(int top) =>
        top is >= 1 and <= MaxHits
            ? top
            : throw new RequestRefusedException(400, $"'top' must be between 1 and {MaxHits}, not {top}.");
}
