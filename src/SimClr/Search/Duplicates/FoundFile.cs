using System.Globalization;
using System.Text;
using System.Text.Json;
using SimClr.Features;
using SimClr.Files;

namespace SimClr.Search;

/// <summary>Duplicates and outliers in files, <c>.csv</c> or <c>.json</c> by their names; a file appears when it is complete.</summary>
public static class FoundFile
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

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
    /// Writes groups of duplicates: <c>group,picture,class,similarity,width,height,bytes,modified</c>, the similarity being that to the
    /// group's first image. The last four say why that one is worth keeping; they are empty where nobody looked
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
        }, json =>
        {
            foreach (var group in groups)
            {
                json.WriteStartObject();
                json.WriteNumber("weakest", group.Weakest);
                json.WriteStartArray("pictures");
                for (var i = 0; i < group.Images.Count; i++)
                {
                    json.WriteStartObject();
                    WriteImage(json, index.Images[group.Images[i]], group.ToFirst[i]);
                    WriteFacts(json, group.FactsOf(i));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        });
    }

    /// <summary>Writes outliers: <c>rank,picture,class,similarity</c>, the similarity being the mean to the nearest others.</summary>
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
        }, json =>
        {
            foreach (var outlier in outliers)
            {
                json.WriteStartObject();
                WriteImage(json, index.Images[outlier.Image], outlier.Similarity);
                json.WriteEndObject();
            }
        });
    }

    private static bool IsJson(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static void Write(AtomicFile file, Action<TextWriter> csv, Action<Utf8JsonWriter> items)
    {
        ArgumentNullException.ThrowIfNull(file);
        RequireKnown(file.Path);
        if (IsJson(file.Path))
        {
            using var json = new Utf8JsonWriter(file.Stream, Indented);
            json.WriteStartArray();
            items(json);
            json.WriteEndArray();
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

    private static void WriteImage(Utf8JsonWriter json, IndexedImage image, double similarity)
    {
        json.WriteString("picture", image.Image);
        json.WriteString("class", image.ClassName);
        json.WriteNumber("similarity", Math.Round(similarity, 6));
    }

    private static void WriteFacts(Utf8JsonWriter json, ImageFacts? facts)
    {
        void Number(string name, long? value)
        {
            if (value is { } known) json.WriteNumber(name, known);
            else json.WriteNull(name);
        }
        Number("width", facts?.Width);
        Number("height", facts?.Height);
        Number("bytes", facts?.Bytes);
        json.WriteString("modified", facts?.Modified);
    }
}
