using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SimClr.Extensions;
using SimClr.Training;

namespace Snippets;

/// <summary>The code of docs/embeddings-in-dotnet.md.</summary>
public static class EmbeddingsInDotnetPage
{
    public static async Task<ReadOnlyMemory<float>> Embed()
    {
        #region docs/embeddings-in-dotnet.md 1
        using IEmbeddingGenerator<DataContent, Embedding<float>> generator = ImageEmbeddingGenerator.Open("runs/mine");
        var image = await DataContent.LoadFromAsync("new.jpg");
        ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync(image);
        #endregion

        return vector;
    }

    public static void Register(IServiceCollection services)
    {
        #region docs/embeddings-in-dotnet.md 2
        services.AddEmbeddingGenerator(
            _ => (IEmbeddingGenerator<DataContent, Embedding<float>>)ImageEmbeddingGenerator.Open("runs/mine"));
        #endregion
    }

    public static void Log(ILoggerFactory loggers)
    {
        #region docs/embeddings-in-dotnet.md 3
        var logger = loggers.CreateLogger("SimClr");
        Pretrainer.Resume("runs/mine", logger: logger);
        #endregion
    }
}
