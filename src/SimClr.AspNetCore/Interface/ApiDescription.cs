using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SimClr.Runs;

namespace SimClr.AspNetCore;

/// <summary>The parts of the OpenAPI document beyond the shapes of answers.</summary>
internal static class ApiDescription
{
    private const string Document = "v1";

    private static readonly string[] Kinds =
        ["image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif", "application/octet-stream"];

    /// <summary>Adds the document, to be had at <c>/openapi/v1.json</c>.</summary>
    public static void Add(IServiceCollection services) => services.AddOpenApi(Document, options =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "SimCLR.NET search",
                Version = RunConfig.CurrentVersion,
                Description = "Vectors of images, and images like another. Whatever is not answered as asked is explained in "
                    + "application/problem+json (RFC 9457).",
            };
            return Task.CompletedTask;
        }));

    /// <summary>Answers with the document, which is generated once.</summary>
    public static void Map(WebApplication app)
    {
        var provider = app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document);
        var json = new Lazy<Task<byte[]>>(() => Generate(provider));
        app.MapGet($"/openapi/{Document}.json", async () => Results.Bytes(await json.Value, "application/json; charset=utf-8"))
            .ExcludeFromDescription();
    }

    private static async Task<byte[]> Generate(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        return json.ToArray();
    }

    /// <summary>The request is an image, as bytes or as a form.</summary>
    public static RouteHandlerBuilder TakesImage(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(408).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            var content = Kinds.ToDictionary(kind => kind, _ => new OpenApiMediaType { Schema = bytes });
            content["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema> { ["picture"] = bytes },
                    Required = new HashSet<string> { "picture" },
                },
            };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "A JPEG, PNG, WebP, BMP or GIF image: its bytes, or a form with one file.",
                Content = content,
            };
            return Task.CompletedTask;
        });

    /// <summary>The request says how many to find.</summary>
    public static RouteHandlerBuilder DescribesTop(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                parameter.Description = parameter.Name switch
                {
                    "top" => "How many to find, 1 to 100; 10 where it is left out.",
                    "picture" => "The id of an image of the index.",
                    _ => parameter.Description,
                };
            return Task.CompletedTask;
        });
}
