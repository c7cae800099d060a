using System.Security.Cryptography;
using SimClr.Data;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Evaluation;

/// <summary>
/// How many images of a set a run was pretrained on. Equal fingerprints mean the same images. Otherwise the run's data
/// are opened again and compared image by image: files by their path without links, and those of the same name and size
/// by their content; images in memory by their pixels; drawn ones by their names. A file that was copied under another
/// name, or encoded anew, is not recognized.
/// </summary>
internal static class PretrainingOverlap
{
    private enum Kind { Files, Pixels, Names }

    /// <summary>Counts.</summary>
    /// <param name="config">The run.</param>
    /// <param name="judged">The images.</param>
    /// <param name="train">The training part of their data; not opened again where it is what the run was trained on.</param>
    /// <param name="cancellationToken">Checked between images.</param>
    /// <returns>
    /// How many; null where it cannot be told: the encoder, or the weights that it began with, came from elsewhere; the run's
    /// data are no longer as they were; or they are of another kind than these.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static int? Count(RunConfig config, IImageDataset judged, IImageDataset train, CancellationToken cancellationToken)
    {
        if (config.IsImported) return null;
        if (judged.Fingerprint == config.DataFingerprint) return judged.Count;
        var found = train.Fingerprint == config.DataFingerprint ? train : Pretrained(config);
        if (found is not { } pretrained || KindOf(pretrained) != KindOf(judged)) return null;
        try
        {
            var seen = KindOf(judged) switch
            {
                Kind.Files => CountFiles(pretrained, judged, cancellationToken),
                Kind.Pixels => CountEqual(pretrained, judged, PixelsOf, cancellationToken),
                _ => CountEqual(pretrained, judged, (part, index) => part.Describe(index), cancellationToken),
            };
            return seen == 0 && config.InitialWeights is not null ? null : seen; // nobody knows what those had seen
        }
        catch (Exception e) when (e is DataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The images that the run was pretrained on; null where they are not there any more, or are others.</summary>
    private static IImageDataset? Pretrained(RunConfig config)
    {
        try
        {
            var images = Pretrainer.Images(config.Options, new OpenedData(config.Data));
            return images.Fingerprint == config.DataFingerprint ? images : null;
        }
        catch (Exception e) when (e is DataException or SettingsException)
        {
            return null;
        }
    }

    private static Kind KindOf(IImageDataset images) =>
        images.IsInMemory ? Kind.Pixels : images.Count > 0 && File.Exists(images.Describe(0)) ? Kind.Files : Kind.Names;

    private static int CountEqual(IImageDataset pretrained, IImageDataset judged, Func<IImageDataset, int, string> mark,
        CancellationToken cancellationToken)
    {
        IEnumerable<string> Marks(IImageDataset part)
        {
            for (var i = 0; i < part.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return mark(part, i);
            }
        }
        var seen = Marks(pretrained).ToHashSet(StringComparer.Ordinal);
        return Marks(judged).Count(seen.Contains);
    }

    private static string PixelsOf(IImageDataset part, int index) =>
        Convert.ToBase64String(SHA256.HashData(part.Load(index).Pixels));

    private static int CountFiles(IImageDataset pretrained, IImageDataset judged, CancellationToken cancellationToken)
    {
        var (paths, alike) = (new HashSet<string>(StringComparer.Ordinal), new Dictionary<(string, long), List<string>>());
        for (var i = 0; i < pretrained.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (path, mark) = FileOf(pretrained.Describe(i));
            paths.Add(path);
            if (!alike.TryGetValue(mark, out var others)) alike[mark] = others = [];
            others.Add(path);
        }
        var contents = new Dictionary<string, string>(StringComparer.Ordinal); // of files that had to be read
        var seen = 0;
        for (var i = 0; i < judged.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (path, mark) = FileOf(judged.Describe(i));
            if (paths.Contains(path) || (alike.TryGetValue(mark, out var others) && others.Exists(IsSame))) seen++;
            bool IsSame(string other) => ContentOf(other, contents) == ContentOf(path, contents);
        }
        return seen;
    }

    /// <summary>A file without links, and what copies of it usually have in common.</summary>
    private static (string Path, (string Name, long Bytes) Mark) FileOf(string path)
    {
        FileSystemInfo file = new FileInfo(path);
        if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return (file.FullName, (Path.GetFileName(path), file is FileInfo { Exists: true } found ? found.Length : -1));
    }

    private static string ContentOf(string path, Dictionary<string, string> known)
    {
        if (known.TryGetValue(path, out var content)) return content;
        using var bytes = new FileBytes(path);
        return known[path] = Convert.ToBase64String(SHA256.HashData(bytes.All()));
    }
}
