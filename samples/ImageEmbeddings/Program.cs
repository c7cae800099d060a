// Prints how alike images are to the first of them, a line for each: dotnet run RUN IMAGE IMAGE...
// The run is made by simclr pretrain or simclr import.
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using SimClr.Extensions;

var services = new ServiceCollection();
services.AddEmbeddingGenerator(_ => (IEmbeddingGenerator<DataContent, Embedding<float>>)ImageEmbeddingGenerator.Open(args[0]));
using var provider = services.BuildServiceProvider();

// What follows knows nothing of SimCLR: it would work with any generator of embeddings for images.
var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
var images = await Task.WhenAll(args[1..].Select(async path => await DataContent.LoadFromAsync(path)));
var embeddings = await generator.GenerateAsync(images);
foreach (var (path, embedding) in args[1..].Zip(embeddings))
{
    var similarity = TensorPrimitives.CosineSimilarity(embeddings[0].Vector.Span, embedding.Vector.Span);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{similarity:0.0000} {path}"));
}
