using SimClr.Embedding;

namespace SimClr.Server;

/// <summary>The page and the REST interface.</summary>
/// <param name="page">The page.</param>
/// <param name="encoder">Used by one request at a time.</param>
/// <param name="index">What is searched, or null where a run is served without an index.</param>
/// <param name="summary">What is served, in figures.</param>
/// <param name="options">The bounds.</param>
internal sealed class Endpoints(
    SearchPage page, Embedder encoder, ServedIndex? index, IndexResponse summary, ServerOptions options) : IDisposable
{
    private const int MostHits = 100, DefaultHits = 10;

    // Thumbnails are asked for by the dozen, and each takes some milliseconds.
    private const int MostThumbnails = 256;

    private readonly Turnstile _encoding = new(1, options.MaxPictures);
    private readonly Turnstile _drawing = new(Math.Max(1, Environment.ProcessorCount / 2), MostThumbnails);

    public void Map(WebApplication app)
    {
        app.MapGet("/", Page).ExcludeFromDescription();
        var api = app.MapGroup("/api").WithTags("SimCLR.NET").ProducesProblem(400).ProducesProblem(403);
        api.MapGet("/health", () => new HealthResponse("ok")).WithSummary("Whether the server is there.");
        api.MapGet("/index", () => summary).WithSummary("What is served.")
            .WithDescription("The number of pictures, the length of their vectors, and the encoder.");
        api.MapPost("/embed", Embed).WithSummary("The vector of a picture.").Produces<EmbedResponse>().TakesPicture()
            .WithDescription("Vectors have Euclidean length 1, so that the sum of products of two is their similarity.");
        api.MapPost("/search", SearchPicture).WithSummary("The pictures of the index that are most like a picture that is sent.")
            .Produces<SearchResponse>().TakesPicture().ProducesProblem(404).DescribesTop();
        api.MapGet("/search", SearchIndexed)
            .WithSummary("The pictures of the index that are most like one of them, without itself.")
            .Produces<SearchResponse>().ProducesProblem(404).DescribesTop();
        api.MapGet("/thumbnails/{id:int}", Thumbnail).WithSummary("A picture of the index, small.")
            .WithDescription($"A PNG that fits into {ServedIndex.ThumbnailSide} x {ServedIndex.ThumbnailSide} pixels.")
            .Produces(200, contentType: "image/png").Produces(304).ProducesProblem(404).ProducesProblem(503);
    }

    public void Dispose()
    {
        _encoding.Dispose();
        _drawing.Dispose();
        encoder.Dispose();
    }

    private IResult Page(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = page.ContentSecurityPolicy;
        return Results.Content(page.Html, "text/html; charset=utf-8");
    }

    private async Task<IResult> Embed(HttpRequest request, CancellationToken leaving)
    {
        var vector = await Encode(request, leaving);
        return Results.Ok(new EmbedResponse(vector.Length, vector));
    }

    private async Task<IResult> SearchPicture(HttpRequest request, CancellationToken leaving, int top = DefaultHits)
    {
        var (pictures, count) = (RequireIndex(), RequireCount(top));
        return Results.Ok(pictures.Search(await Encode(request, leaving), count));
    }

    private IResult SearchIndexed(int picture, int top = DefaultHits) =>
        Results.Ok(RequireIndex().Search(picture, RequireCount(top)));

    private async Task<IResult> Thumbnail(int id, HttpContext context, CancellationToken leaving)
    {
        var pictures = RequireIndex();
        var tag = pictures.ThumbnailTag(id);
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache"; // kept, and asked for again by its tag
        if (context.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(StatusCodes.Status304NotModified);
        using var place = _drawing.Enter();
        return Results.Bytes(await place.Work(() => pictures.ReadThumbnail(id), leaving), "image/png");
    }

    private async Task<float[]> Encode(HttpRequest request, CancellationToken leaving)
    {
        using var place = _encoding.Enter();
        var bytes = await Upload.Read(request, options, leaving);
        return await place.Work(() => encoder.Embed(Upload.Decode(bytes.Span, options.MostPixels)), leaving);
    }

    private ServedIndex RequireIndex() =>
        index ?? throw new Refusal(404, "A run is served without an index; make one with simclr index, and serve that.");

    private static int RequireCount(int top) =>
        top is >= 1 and <= MostHits ? top : throw new Refusal(400, $"'top' must be between 1 and {MostHits}, not {top}.");
}
