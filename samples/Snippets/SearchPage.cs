using SimClr.Data;
using SimClr.Features;
using SimClr.Search;

namespace Snippets;

/// <summary>The code of docs/search.md.</summary>
public static class SearchPage
{
    public static void UpdateAndSearch(Microsoft.Extensions.Logging.ILogger logger)
    {
        #region docs/search.md 1
        // Makes an index, or brings it up to date:
        using var embedder = Embedder.Open("runs/mine");
        using var images = FileImageIndex.Open("pictures.index");
        var data = DatasetSource.Open("pictures", embedder.ImageSize);
        var update = images.Update(embedder, [data.Train, data.Test], logger);
        Console.WriteLine($"{update.Added} added, {update.Kept} kept, {update.Removed} removed, {update.Unreadable} unreadable");

        // Searches it:
        foreach (var hit in images.Search(embedder.Embed("new.jpg"), 10))
            Console.WriteLine($"{hit.Similarity:0.000} {hit.Image}");
        #endregion
    }

    public static void FindDuplicatesAndOutliers()
    {
        #region docs/search.md 2
        var index = IndexFile.Read("pictures.index");
        var search = DuplicateSearch.Find(index);
        foreach (var group in search.WorthFirst(search.Groups(search.Suggestion.Cosine)))
            Console.WriteLine(string.Join(", ", group.Images.Select(i => index.Images[i].Image)));
        foreach (var outlier in OutlierSearch.Find(index, neighbors: 10, count: 20))
            Console.WriteLine($"{outlier.Similarity:0.000} {index.Images[outlier.Image].Image}");
        #endregion
    }
}
