using System.Net;
using System.Text.Json.Nodes;
using SimClr.AspNetCore;
using SimClr.Data;
using SimClr.Features;
using SimClr.Images;
using SimClr.Search;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>A small encoder that was hardly trained, an index of images in two classes, and a server for them.</summary>
public sealed class ServedFolder : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public string Run => _folder.At("run");

    public string Index => _folder.At("pictures.index");

    public string Images => _folder.At("images");

    public SearchServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What the server said of failures that were not foreseen.</summary>
    public ListLogger Notes { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Pretrainer.Run(
            new()
            {
                Model = new() { Width = 0.25, ImageSize = 16 },
                Schedule = new() { Epochs = 2, WarmupEpochs = 0 },
                BatchSize = 20,
                Views = new() { Blur = 0 },
            }, "shapes:60", Run);
        var shapes = Shapes.Open(40, 24).Train;
        for (var i = 0; i < 12; i++)
            ImageCodec.WritePng(Path.Combine(Images, i % 2 == 0 ? "even" : "odd", $"{i}.png"), shapes.Load(i));
        // Larger than a thumbnail, not square, and with a name that must not become markup.
        var wide = ImageGrid.Compose([[shapes.Load(20), shapes.Load(21)]], 300, 0);
        ImageCodec.WritePng(Path.Combine(Images, "odd", "<b>&wide.png"), wide);
        using (var embedder = Embedder.Open(Run, new() { Normalize = true }))
        {
            var splits = DatasetSource.Open(Images, 16);
            var empty = ImageIndex.Empty(IndexOrigin.Of(embedder));
            IndexFile.Write(Index, empty.Updated(embedder, [splits.Train, splits.Test]).Index);
        }
        Server = await SearchServer.StartAsync(Index, new() { Port = 0, MaxUploadMegabytes = 1, MaxMegapixels = 4 }, Notes);
        Client = new HttpClient { BaseAddress = Server.Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>An image of the data that is not in the index, as a PNG file.</summary>
    public static byte[] Png(int i = 30) => ImageCodec.EncodePng(Shapes.Open(40, 24).Train.Load(i));

    public static ByteArrayContent Body(byte[] bytes, string type = "application/octet-stream")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    public async Task<JsonNode> Post(string path, HttpContent body)
    {
        using var response = await Client.PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asserts that an answer is a refusal in words that show nothing of the server's inside.</summary>
    public static async Task Refused(HttpResponseMessage response, HttpStatusCode status, string words)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}, not {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(words, JsonNode.Parse(text)!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
