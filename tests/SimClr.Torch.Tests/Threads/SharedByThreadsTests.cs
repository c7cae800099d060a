using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using SimClr.Augmentation;
using SimClr.Classification;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Extensions;
using SimClr.Features;
using SimClr.Images;
using SimClr.Models;
using SimClr.Numerics;
using SimClr.Onnx;
using SimClr.Search;
using SimClr.Tests.Fixtures;
using SkiaSharp;
using static TorchSharp.torch;

namespace SimClr.Torch.Tests.Threads;

/// <summary>
/// Objects that a program would share, as services of one instance are, give sixteen threads at once the same bits as one thread;
/// those that are for one thread at a time say so.
/// </summary>
public sealed class SharedByThreadsTests : IDisposable
{
    private const int Images = 8;

    private readonly ColoredImages _images = new();
    private readonly RgbImage[] _decoded =
        [.. Enumerable.Range(0, Images).Select(i => ImageBytes.Smooth(30 + 20 * i, 130 - 9 * i))];
    private readonly byte[][] _files;
    private readonly string[] _paths;

    public SharedByThreadsTests()
    {
        _files = [.. _decoded.Select((image, i) =>
            ImageBytes.Encode(image, i % 2 == 0 ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 90))];
        Directory.CreateDirectory(_images.At("shared"));
        _paths = [.. _files.Select((bytes, i) =>
        {
            var path = _images.At($"shared/{i}.jpg");
            File.WriteAllBytes(path, bytes);
            return path;
        })];
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public void A_classifier_and_an_embedder_answer_alike_however_images_come()
    {
        using var classifier = ImageClassifier.Open(Classifier(), new() { BatchSize = 4, Workers = 2 });
        Hammer.Run(4 * Images, 1, question => (question % 4) switch
        {
            0 => classifier.Classify(_decoded[question / 4]),
            1 => classifier.Classify(_files[question / 4]),
            2 => classifier.Classify(_paths[question / 4]),
            _ => question > 3 ? [] : [.. classifier.Classify(ImageFolder.Gather(_paths)).SelectMany(one => one.Classes)],
        });
        using var embedder = Embedder.Open(_images.Run, new() { Layer = 2, Normalize = true, BatchSize = 4, Workers = 2 });
        Hammer.Run(4 * Images, 1, question => (question % 4) switch
        {
            0 => embedder.Embed(_decoded[question / 4]),
            1 => embedder.Embed(_files[question / 4]),
            2 => embedder.Embed(_paths[question / 4]),
            _ => question > 3 ? [] : [.. embedder.Embed(ImageFolder.Gather(_paths)).SelectMany(one => one.Vector)],
        });
    }

    [Fact]
    public void A_generator_answers_alike()
    {
        using var generator = ImageEmbeddingGenerator.Open(_images.Run);
        Hammer.Run(Images, 2, question =>
        {
            var answer = question % 2 == 0
                ? generator.GenerateAsync([_decoded[question]]).GetAwaiter().GetResult()
                : generator.GenerateAsync([new DataContent(_files[question], "image/png")]).GetAwaiter().GetResult();
            return answer[0].Vector.ToArray();
        });
    }

    [Theory]
    [InlineData("classifier")]
    [InlineData("embedder")]
    [InlineData("generator")]
    public void Disposing_while_calls_are_under_way_lets_them_end_or_refuses_them(string kind)
    {
        using var classifier = ImageClassifier.Open(Classifier());
        using var embedder = Embedder.Open(_images.Run);
        using var generator = ImageEmbeddingGenerator.Open(_images.Run);
        var (done, refused, other) = (0, 0, new ConcurrentQueue<Exception>());
        Hammer.Together(thread =>
        {
            for (var i = 0; i < 40; i++)
            {
                if (thread == 0 && i == 10)
                    ((IDisposable)(kind == "classifier" ? classifier : kind == "embedder" ? embedder : generator)).Dispose();
                try
                {
                    if (kind == "classifier") classifier.Classify(_files[i % Images]);
                    else if (kind == "embedder") Assert.Equal(Images, embedder.Embed(ImageFolder.Gather(_paths)).Count());
                    else generator.GenerateAsync([_decoded[i % Images]]).GetAwaiter().GetResult();
                    Interlocked.Increment(ref done);
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception e)
                {
                    other.Enqueue(e);
                }
            }
        });
        Assert.Empty(other);
        Assert.InRange(done, 10, 16 * 40 - 30);
        Assert.Equal(16 * 40, done + refused);
    }

    [Fact]
    public void Indexes_neighbors_and_linear_classifiers_answer_alike()
    {
        var rows = MadeIndex.Rows(3000, 24);
        var index = MadeIndex.Of(rows);
        Hammer.Run(Images, 4, question => index.Search(rows[question], 5));
        IndexFile.Write(_images.At("made.index"), index);
        using var file = FileImageIndex.Open(_images.At("made.index"));
        Hammer.Run(Images, 4, question => file.Search(rows[question], 5));
        var (bank, queries) = (Synthetic.Classes(300, 16, 4, 1), Synthetic.Classes(40, 16, 4, 1, part: 1));
        Hammer.Run(2, 4, k => KNearestNeighbors.Rank(bank, queries, new() { K = 5 + k }).SelectMany(one => one).ToArray());
        var linear = new LinearClassifier([.. Enumerable.Range(0, 64).Select(i => Math.Sin(i))], [0, 1, 2, 3],
            Synthetic.Names(4));
        Hammer.Run(2, 4, top => linear.Rank(queries, 1 + top).SelectMany(one => one).ToArray());
    }

    [Fact]
    public void Images_are_encoded_decoded_and_transformed_alike()
    {
        Hammer.Run(3 * Images, 2, question => (question % 3) switch
        {
            0 => ImageCodec.Decode(_files[question / 3]).Pixels.ToArray(),
            1 => ImageCodec.EncodePng(_decoded[question / 3]),
            _ => ImageFolder.LoadFile(_paths[question / 3]).Pixels.ToArray(),
        });
        var transform = new EvaluationTransform(32, Normalization.ImageNet);
        var policy = AugmentationPolicy.Paper(32);
        using var scratches = new ThreadLocal<RenderScratch>(() => new RenderScratch());
        Hammer.Run(2 * Images, 2, question =>
        {
            var (view, image) = (new float[transform.ViewLength], _decoded[question / 2]);
            var random = new CounterRandom(1, 0, question, 0, DrawPurpose.View);
            if (question % 2 == 0) transform.Render(image, view, scratches.Value!);
            else policy.Render(image, policy.Draw(image.Width, image.Height, ref random), view, scratches.Value!);
            return view;
        });
    }

    [Fact]
    public void Datasets_and_their_batches_are_the_same()
    {
        IImageDataset[] sets =
        [
            Shapes.Open(Images, 24).Train, ImageFolder.Gather(_paths), ImageFolder.Open(_images.Data).Train,
            Subset.First(ImageFolder.Gather(_paths), Images - 1, seed: 3),
        ];
        Hammer.Run(sets.Length * 4, 2, question =>
        {
            var (set, index) = (sets[question % sets.Length], question / sets.Length);
            return (byte[])[(byte)set.Label(index), .. set.Load(index).Pixels];
        });
        var plain = new EvaluationBatches(sets[1], new EvaluationTransform(16, Normalization.None), new()
        {
            BatchSize = 3,
            Workers = 2,
        });
        Hammer.Run(1, 2, _ => plain.All().SelectMany(batch => batch.View(0).ToArray()).ToArray());
        var views = new ViewBatches(sets[0], AugmentationPolicy.Paper(16), new() { BatchSize = 3, Workers = 2 });
        Hammer.Run(2, 2, epoch => views.Epoch(epoch).SelectMany(batch => batch.View(1).ToArray()).ToArray());
    }

    [Fact]
    public void Networks_in_evaluation_mode_compute_alike()
    {
        using var encoder = TrainedLook.Encoder(ColoredImages.Settings.Model.ToResNet());
        using var head = new ProjectionHead(ColoredImages.Settings.Model.ToHead(), encoder.FeatureDimension, seed: 1);
        head.eval();
        float[] Compute(int seed)
        {
            using var inference = inference_mode();
            using var scope = NewDisposeScope();
            var images = linspace(-1, 1 + seed, 2 * 3 * 16 * 16).view(2, 3, 16, 16);
            return [.. head.call(encoder.call(images)).data<float>()];
        }
        Hammer.Run(4, 4, Compute);
        using var frozen = new FrozenEncoder(encoder);
        Hammer.Run(4, 4, seed =>
        {
            using var images = linspace(-1, 1 + seed, 2 * 3 * 16 * 16).view(2, 3, 16, 16);
            return frozen.Extract(images);
        });
    }

    [Fact]
    public void Weights_are_read_and_models_exported_alike()
    {
        using var file = SafeTensors.Read(Path.Combine(_images.Run, "encoder.safetensors"));
        Hammer.Run(file.Names.Count, 1, question =>
        {
            using var tensor = file.Get(file.Names[question]);
            using var flat = tensor.to(ScalarType.Float32).flatten();
            return flat.data<float>().ToArray();
        });
        var written = 0;
        Hammer.Run(2, 1, question =>
        {
            var path = _images.At($"export-{Interlocked.Increment(ref written)}.onnx");
            OnnxExport.Write(_images.Run, path, new() { Precision = question == 0 ? "fp32" : "fp16" });
            return File.ReadAllBytes(path);
        });
    }

    [Fact]
    public void Working_memory_that_is_in_use_refuses_a_second_view()
    {
        var (scratch, caught) = (new RenderScratch(), new List<Exception>());
        var nested = new AugmentationPolicy(8, null, [new Nested(() => caught.Add(Assert.Throws<InvalidOperationException>(
            () => new EvaluationTransform(8, Normalization.None).Render(_decoded[0], new float[192], scratch))))]);
        var random = new CounterRandom(1, 0, 0, 0, DrawPurpose.View);
        for (var view = 1; view <= 2; view++) // and afterwards it can be used again
        {
            nested.Render(_decoded[1], nested.Draw(_decoded[1].Width, _decoded[1].Height, ref random), new float[192], scratch);
            Assert.Equal(view, caught.Count);
        }
        Assert.Contains("each thread that renders needs its own", caught[0].Message);
        Assert.Throws<ArgumentException>(() =>
            new EvaluationTransform(8, Normalization.None).Render(_decoded[0], new float[1], scratch));
        new EvaluationTransform(8, Normalization.None).Render(_decoded[0], new float[192], scratch);
    }

    [Fact]
    public void Memory_of_calls_is_used_again_and_of_large_images_that_of_one_is_kept()
    {
        var calls = new CallMemories(4);
        for (var round = 0; round < 3; round++)
        {
            CallMemories.Call[] open = [.. Enumerable.Range(0, 4).Select(_ => calls.Enter())];
            foreach (var call in open) call.Memory.Decoded.Reshape(5000, 4000);
            foreach (var call in open) call.Dispose();
            Assert.InRange(calls.KeptBytes, 60_000_000, 61_000_000);
        }
        using var embedder = Embedder.Open(_images.Run);
        var large = ImageBytes.Encode(ImageBytes.Smooth(1500, 1000), SKEncodedImageFormat.Jpeg);
        for (var i = 0; i < 3; i++) embedder.Embed(large);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) embedder.Embed(large);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
        Assert.True(each < 100_000, $"{each} bytes"); // the pixels are 4,500,000
    }

    private string Classifier()
    {
        var file = _images.At("shared.safetensors");
        if (!File.Exists(file)) ImageClassifierTraining.Run(new()
        {
            Run = _images.Run,
            Data = _images.Data,
            Out = file,
            Threads = 1,
        });
        return file;
    }

    /// <summary>A transform that does something else in between.</summary>
    private sealed record Nested(Action Between) : Transform<int>
    {
        public override string Name => "nested";

        protected override int Draw(int side, ref CounterRandom random) => 0;

        protected override void Apply(FloatImage view, in int draw, RenderScratch scratch) => Between();
    }
}
