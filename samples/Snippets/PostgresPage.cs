using SimClr.Postgres;

namespace Snippets;

/// <summary>The code of docs/postgres.md.</summary>
public static class PostgresPage
{
    public static void Search()
    {
        #region docs/postgres.md 1
        using var index = PostgresImageIndex.Open("Host=db;Database=photos", new() { Name = "holidays" });
        using var embedder = index.Origin!.OpenEmbedder();
        foreach (var hit in index.Search(embedder.Embed("new.jpg"), 10))
            Console.WriteLine($"{hit.Similarity:0.000} {hit.Image}");
        #endregion
    }
}
