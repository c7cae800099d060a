using Microsoft.Extensions.AI;
using SimClr.Data;
using SimClr.Extensions;
using SimClr.Features;
using SimClr.Images;
using SimClr.Native;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Extensions;

/// <summary>An encoder as an embedding generator of Microsoft.Extensions.AI.</summary>
public sealed class ImageEmbeddingGeneratorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public ImageEmbeddingGeneratorTests()
    {
        TorchRuntime.EnsureLoaded();
        _run = _folder.At("run");
        TrainedLook.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 16, Normalization = NormalizationKind.Cifar10 },
        }, _run);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Embeddings_are_the_embedders_vectors_in_the_inputs_order_decoded_or_not()
    {
        using var generator = ImageEmbeddingGenerator.Open(_run, new()
        {
            Normalize = true,
            BatchSize = 3,
            Precision = Precision.Float32,
        });
        using var embedder = Embedder.Open(_run, new() { Normalize = true, Precision = Precision.Float32 });
        var shapes = Shapes.Open(40, 24).Train;
        RgbImage[] images = [.. Enumerable.Range(0, 8).Select(shapes.Load)];
        var decoded = await generator.GenerateAsync(images);
        var encoded = await generator.GenerateAsync(images.Select(Png));
        Assert.Equal(8, decoded.Count);
        for (var i = 0; i < images.Length; i++)
        {
            var expected = embedder.Embed(images[i]);
            // float32 sums in another order for another batch size.
            Assert.All(expected.Zip(decoded[i].Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            Assert.Equal(decoded[i].Vector.ToArray(), encoded[i].Vector.ToArray());
            Assert.Equal(generator.Metadata.DefaultModelId, decoded[i].ModelId);
        }
        Assert.Empty(await generator.GenerateAsync(Array.Empty<DataContent>()));
        Assert.Equal(embedder.Dimension, decoded[0].Dimensions);
    }

    [Fact]
    public void Services_are_the_metadata_the_origin_and_the_generator_itself()
    {
        using var generator = ImageEmbeddingGenerator.Open(_run);
        IEmbeddingGenerator<RgbImage, Embedding<float>> plain = generator;
        var metadata = plain.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("simclr", generator.Origin.Dimension), (metadata.ProviderName, metadata.DefaultModelDimensions));
        Assert.Equal($"run@{generator.Origin.EncoderSha256[..12]}", metadata.DefaultModelId);
        using var ofTwo = ImageEmbeddingGenerator.Open(_run, new() { UseViews = 2 });
        Assert.Equal(($"{metadata.DefaultModelId}-views2", 2), (ofTwo.Metadata.DefaultModelId, ofTwo.Origin.UseViews));
        Assert.Same(generator, plain.GetService<ImageEmbeddingGenerator>());
        Assert.Same(generator, plain.GetService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        Assert.Equal(generator.Origin, plain.GetService<IndexOrigin>());
        Assert.Null(plain.GetService<Embedder>());
        Assert.Null(plain.GetService<EmbeddingGeneratorMetadata>("a key"));
    }

    [Fact]
    public async Task Its_vectors_search_an_index_of_the_same_origin()
    {
        using IEmbeddingGenerator<RgbImage, Embedding<float>> generator = ImageEmbeddingGenerator.Open(_run);
        using var embedder = Embedder.Open(_run, new() { Normalize = true });
        var shapes = Shapes.Open(40, 24).Train;
        using var index = FileImageIndex.Open(_folder.At("index"));
        index.Update(embedder, generator.GetRequiredService<IndexOrigin>(), [shapes]);
        var vector = await generator.GenerateVectorAsync(shapes.Load(7));
        Assert.Equal(shapes.Describe(7), index.Search(vector.Span, 1)[0].Image);
    }

    [Fact]
    public async Task Requests_of_many_threads_do_not_disturb_each_other()
    {
        using IEmbeddingGenerator<RgbImage, Embedding<float>> generator = ImageEmbeddingGenerator.Open(_run,
            new() { Precision = Precision.Float32 });
        var shapes = Shapes.Open(40, 16).Train;
        var alone = new List<float[]>();
        for (var i = 0; i < 6; i++) alone.Add((await generator.GenerateVectorAsync(shapes.Load(i))).ToArray());
        var together = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() =>
            generator.GenerateAsync([shapes.Load(i % 6)]))));
        Assert.All(together.Select((embeddings, i) => (embeddings, i)),
            pair => Assert.Equal(alone[pair.i % 6], Assert.Single(pair.embeddings).Vector.ToArray()));
    }

    [Fact]
    public async Task What_is_no_image_is_refused_by_its_place()
    {
        using var generator = ImageEmbeddingGenerator.Open(_run);
        var good = Png(Shapes.Open(40, 16).Train.Load(0));
        var e = await Assert.ThrowsAsync<EmbeddingException>(() =>
            generator.GenerateAsync([good, new DataContent(good.Data[..(good.Data.Length / 2)], "image/png"), good]));
        Assert.StartsWith("Input 1: ", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<EmbeddingException>(() =>
            generator.GenerateAsync([new DataContent(new byte[9], "image/png")]));
        Assert.Contains("nput 0", e.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync([good, new DataContent("words"u8.ToArray(), "text/plain")]));
        Assert.StartsWith("Input 1 is text/plain", wrong.Message, StringComparison.Ordinal);
        Assert.Single(await generator.GenerateAsync([good])); // and the generator lives on
    }

    [Fact]
    public async Task Another_model_cancellation_and_disposal_are_told()
    {
        var generator = ImageEmbeddingGenerator.Open(_run, new() { BatchSize = 1 });
        var image = Shapes.Open(40, 16).Train.Load(0);
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([image], new() { Dimensions = 3 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([image], new() { ModelId = "other" }));
        Assert.Single(await generator.GenerateAsync([image], new() { ModelId = generator.Metadata.DefaultModelId }));
        using var stop = new CancellationTokenSource();
        var many = generator.GenerateAsync(Enumerable.Repeat(image, 100_000), cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
        generator.Dispose();
        generator.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync([image]));
    }

    private static DataContent Png(RgbImage image) => new(ImageCodec.EncodePng(image), "image/png");
}
