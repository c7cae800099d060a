using SimClr.Features;

namespace SimClr.Server;

/// <summary>The page and the REST interface.</summary>
internal sealed class Endpoints : IDisposable
{
    private const int MostHits = 100, DefaultHits = 10;

    // Thumbnails are asked for by the dozen, and each takes some milliseconds; a search of a million vectors takes a hundred.
    private const int MostThumbnails = 256, MostSearches = 64;

    private readonly SearchPage _page;
    private readonly ServedIndex? _index;
    private readonly IndexResponse _summary;
    private readonly ServerOptions _options;
    private readonly UploadMemory _uploads;
    private readonly SpareMemory _spare = new();
    private readonly Workbench _workbench;
    private readonly Turnstile _encoding;
    private readonly Turnstile _drawing = new(ServerLimits.Drawing, MostThumbnails);
    private readonly Turnstile _searching = new(Math.Max(1, Environment.ProcessorCount / 2), MostSearches);

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
        _encoding = new(1, options.MaxPictures);
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
            .WithDescription("The number of pictures, the length of their vectors, and the encoder.");
        api.MapPost("/embed", Embed).WithSummary("The vector of a picture.").Produces<EmbedResponse>().TakesPicture()
            .WithDescription("Vectors have Euclidean length 1, so that the sum of products of two is their similarity.");
        api.MapPost("/search", SearchPicture).WithSummary("The pictures of the index that are most like a picture that is sent.")
            .Produces<SearchResponse>().TakesPicture().ProducesProblem(404).DescribesTop();
        api.MapGet("/search", SearchIndexed)
            .WithSummary("The pictures of the index that are most like one of them, without itself.")
            .Produces<SearchResponse>().ProducesProblem(404).ProducesProblem(503).DescribesTop();
        api.MapGet("/thumbnails/{id:int}", Thumbnail).WithSummary("A picture of the index, small.")
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

    private async Task<IResult> Embed(HttpRequest request, CancellationToken leaving)
    {
        var vector = await Encode(request, leaving);
        return Results.Ok(new EmbedResponse(vector.Length, vector));
    }

    private async Task<IResult> SearchPicture(HttpRequest request, CancellationToken leaving, int top = DefaultHits)
    {
        var (pictures, count) = (RequireIndex(), RequireCount(top));
        var vector = await Encode(request, leaving);
        return await Search(request, () => pictures.Search(vector, count), leaving);
    }

    private Task<IResult> SearchIndexed(HttpRequest request, int picture, CancellationToken leaving, int top = DefaultHits)
    {
        var (pictures, count) = (RequireIndex(), RequireCount(top));
        return Search(request, () => pictures.Search(picture, count), leaving);
    }

    private async Task<IResult> Search(HttpRequest request, Func<SearchResponse> search, CancellationToken leaving)
    {
        using var place = _searching.Enter(ClientAddress.Of(request));
        return Results.Ok(await place.Work(search, leaving));
    }

    private async Task<IResult> Thumbnail(int id, HttpContext context, CancellationToken leaving)
    {
        var pictures = RequireIndex();
        var tag = pictures.ThumbnailTag(id);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache"; // kept, and asked for again by its tag
        if (context.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(StatusCodes.Status304NotModified);
        using var place = _drawing.Enter(ClientAddress.Of(context.Request));
        return Results.Bytes(await place.Work(() => pictures.ReadThumbnail(id, _spare), leaving), "image/png");
    }

    // The picture is received before it takes a place, so that slow senders keep nobody from the encoder.
    private async Task<float[]> Encode(HttpRequest request, CancellationToken leaving)
    {
        using var received = await Upload.Receive(request, _uploads, _options, leaving);
        using var place = _encoding.Enter(ClientAddress.Of(request));
        return await place.Work(() => _workbench.Embed(received), leaving);
    }

    private ServedIndex RequireIndex() =>
        _index ?? throw new Refusal(404, "A run is served without an index; make one, and serve that.");

    private static int RequireCount(int top) =>
        top is >= 1 and <= MostHits ? top : throw new Refusal(400, $"'top' must be between 1 and {MostHits}, not {top}.");
}
