// Prints how alike pictures are to the first of them, a line for each: dotnet run RUN PICTURE PICTURE...
// The run is made by simclr pretrain or simclr import.
using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using SimClr.Extensions.AI;

var services = new ServiceCollection();
services.AddEmbeddingGenerator(_ => (IEmbeddingGenerator<DataContent, Embedding<float>>)PictureEmbeddingGenerator.Open(args[0]));
using var provider = services.BuildServiceProvider();

// What follows knows nothing of SimCLR: it would work with any generator of embeddings for pictures.
var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
var pictures = await Task.WhenAll(args[1..].Select(async path => await DataContent.LoadFromAsync(path)));
var embeddings = await generator.GenerateAsync(pictures);
foreach (var (path, embedding) in args[1..].Zip(embeddings))
{
    var similarity = TensorPrimitives.CosineSimilarity(embeddings[0].Vector.Span, embedding.Vector.Span);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{similarity:0.0000} {path}"));
}
