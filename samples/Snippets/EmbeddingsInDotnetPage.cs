using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using SimClr.Extensions.AI;

namespace Snippets;

/// <summary>The code of docs/embeddings-in-dotnet.md.</summary>
public static class EmbeddingsInDotnetPage
{
    public static async Task<ReadOnlyMemory<float>> Embed()
    {
        #region docs/embeddings-in-dotnet.md 1
        using IEmbeddingGenerator<DataContent, Embedding<float>> generator = PictureEmbeddingGenerator.Open("runs/mine");
        var picture = await DataContent.LoadFromAsync("new.jpg");
        ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync(picture);
        #endregion

        return vector;
    }

    public static void Register(IServiceCollection services)
    {
        #region docs/embeddings-in-dotnet.md 2
        services.AddEmbeddingGenerator(
            _ => (IEmbeddingGenerator<DataContent, Embedding<float>>)PictureEmbeddingGenerator.Open("runs/mine"));
        #endregion
    }
}
