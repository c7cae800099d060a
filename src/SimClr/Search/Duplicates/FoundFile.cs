using System.Globalization;
using System.Text;
using System.Text.Json;
using SimClr.Features;
using SimClr.Files;

namespace SimClr.Search;

/// <summary>
/// Duplicates and outliers in files, <c>.csv</c> or <c>.json</c> by their names; a file appears when it is complete.
/// </summary>
public static class FoundFile
{
    /// <summary>Checks a name's ending.</summary>
    /// <exception cref="EmbeddingException">It is neither <c>.csv</c> nor <c>.json</c>.</exception>
    public static void RequireKnown(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!IsJson(path) && !path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            throw new EmbeddingException($"{nameof(path)} must end in .csv or .json, not '{Path.GetFileName(path)}'.")
            {
                Setting = nameof(path),
                File = path,
            };
    }

    /// <summary>
    /// Writes groups of duplicates: <c>group,picture,class,similarity,width,height,bytes,modified</c>, the similarity being that
    /// to the group's first image. The last four say why that one is worth keeping; they are empty where nobody looked
    /// (<see cref="DuplicateSearch.WorthFirst"/>), and for images that are gone or cannot be read.
    /// </summary>
    /// <exception cref="EmbeddingException">The name has another ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteGroups(string path, ImageIndex index, IReadOnlyList<DuplicateGroup> groups)
    {
        RequireKnown(path);
        using var file = AtomicFile.Create(path);
        WriteGroups(file, index, groups);
    }

    /// <summary>The same to a file that was begun before the search, and completes it.</summary>
    /// <inheritdoc cref="WriteGroups(string, ImageIndex, IReadOnlyList{DuplicateGroup})"/>
    public static void WriteGroups(AtomicFile file, ImageIndex index, IReadOnlyList<DuplicateGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(groups);
        Write(file, text =>
        {
            text.Write("group,picture,class,similarity,width,height,bytes,modified\n");
            foreach (var (g, group) in groups.Index())
                for (var i = 0; i < group.Images.Count; i++)
                    text.Write(Line(g + 1, index.Images[group.Images[i]], group.ToFirst[i]) + Cells(group.FactsOf(i)) + "\n");
        }, stream => JsonSerializer.Serialize(stream, groups.Select(group => new FoundGroup(group.Weakest,
            [.. group.Images.Select((image, i) => FoundDuplicate.Of(index.Images[image], group.ToFirst[i], group.FactsOf(i)))])),
            FoundJson.Indented.IEnumerableFoundGroup));
    }

    /// <summary>
    /// Writes outliers: <c>rank,picture,class,similarity</c>, the similarity being the mean to the nearest others.
    /// </summary>
    /// <exception cref="EmbeddingException">The name has another ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteOutliers(string path, ImageIndex index, IReadOnlyList<Outlier> outliers)
    {
        RequireKnown(path);
        using var file = AtomicFile.Create(path);
        WriteOutliers(file, index, outliers);
    }

    /// <summary>The same to a file that was begun before the search, and completes it.</summary>
    /// <inheritdoc cref="WriteOutliers(string, ImageIndex, IReadOnlyList{Outlier})"/>
    public static void WriteOutliers(AtomicFile file, ImageIndex index, IReadOnlyList<Outlier> outliers)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(outliers);
        Write(file, text =>
        {
            text.Write("rank,picture,class,similarity\n");
            for (var i = 0; i < outliers.Count; i++)
                text.Write(Line(i + 1, index.Images[outliers[i].Image], outliers[i].Similarity) + "\n");
        }, stream => JsonSerializer.Serialize(stream,
            outliers.Select(outlier => FoundOutlier.Of(index.Images[outlier.Image], outlier.Similarity)),
            FoundJson.Indented.IEnumerableFoundOutlier));
    }

    private static bool IsJson(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static void Write(AtomicFile file, Action<TextWriter> csv, Action<Stream> json)
    {
        ArgumentNullException.ThrowIfNull(file);
        RequireKnown(file.Path);
        if (IsJson(file.Path))
        {
            json(file.Stream);
        }
        else
        {
            using var text = new StreamWriter(file.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
            csv(text);
        }
        file.Finish();
    }

    private static string Line(int number, IndexedImage image, double similarity) => string.Create(CultureInfo.InvariantCulture,
        $"{number},{CsvText.Quoted(image.Image)},{CsvText.Quoted(image.ClassName ?? "")},{similarity:0.000000}");

    private static string Cells(ImageFacts? facts) => facts is null
        ? ",,,,"
        : string.Create(CultureInfo.InvariantCulture, $",{facts.Width},{facts.Height},{facts.Bytes},{facts.Modified}");
}
