using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SimClr.Files;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>
/// A folder of images (.jpg .jpeg .png .webp .bmp .gif) of any size, with or without classes, with or without parts:
/// <list type="bullet">
/// <item><c>train/</c> with <c>test/</c> or <c>val/</c>, each with class sub-folders or flat. With both, <c>test/</c> is the
/// test part, unless only <c>val/</c> has classes;</item>
/// <item>two or more class sub-folders: a fifth of each class is held out as test part, always the same images;</item>
/// <item>images at the top, or all in one sub-folder: no classes (label -1), no test part.</item>
/// </list>
/// The class of an image is the name of its first-level sub-folder, however deep it lies. Labels follow the ordinal order
/// of the class names of all parts together, so that they agree between parts.
/// </summary>
public static class ImageFolder
{
    private const double HeldOut = 0.2;

    /// <summary>Lists a folder's images; none is decoded yet.</summary>
    /// <param name="directory">
    /// The folder. Names that begin with a dot are passed over at every level. Links to files and folders are followed,
    /// also out of the folder, but not round in circles. Names are told apart by case.
    /// </param>
    /// <exception cref="DataException">There is no such folder, or it holds no images; the message says what to do.</exception>
    public static DataSplits Open(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (File.Exists(directory))
            throw new DataException($"{directory} is a file; give the folder that holds the images.") { File = directory };
        if (!Directory.Exists(directory)) throw new DataException($"There is no folder {directory}.") { File = directory };
        var files = ImageFile.Below(directory);
        if (files.Count == 0)
            throw new DataException(
                $"{directory} holds no images; put .jpg, .png, .webp, .bmp or .gif files there or in sub-folders.");

        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        var train = SubFolder(directory, "train");
        Part[] candidates = [.. new[] { "test", "val" }.Select(name => SubFolder(directory, name)).OfType<string>()
            .Select(name => Part.Of(files, name + "/")).Where(part => part.Files.Count > 0)];
        if (train is null) return HoldOut(title, new Part("", files));
        var learned = Part.Of(files, train + "/");
        if (candidates.Length == 0)
            return learned.Files.Count == files.Count ? HoldOut(title, learned) : HoldOut(title, new Part("", files));
        if (learned.Files.Count == 0)
            throw new DataException($"{Path.Combine(directory, train)} holds no images; put the ones to learn from there.");
        return AsGiven(title, learned, candidates.FirstOrDefault(part => part.HasClasses) ?? candidates[0]);
    }

    /// <summary>Decodes an image file.</summary>
    /// <param name="path">The file; its name need not end as an image's does.</param>
    /// <exception cref="DataException">It cannot be read; the message names it and says why.</exception>
    public static RgbImage LoadFile(string path)
    {
        var image = new RgbImage(1, 1);
        LoadFile(path, image);
        return image;
    }

    /// <summary>Decodes an image file to an existing image, which takes its size.</summary>
    /// <exception cref="DataException">As for a new image.</exception>
    internal static void LoadFile(string path, RgbImage memory)
    {
        ArgumentNullException.ThrowIfNull(path);
        new ImageFilePart(path, [new ImageFile(path, path, 0)], [], _ => -1).Load(0, shrink: 1, memory);
    }

    /// <summary>Files and folders as one dataset without classes or parts; none is decoded yet.</summary>
    /// <param name="paths">
    /// Image files, whose names need not end as images' do, and folders, which stand for all images below them in the order
    /// of their paths.
    /// </param>
    /// <exception cref="DataException">One of them is not there, or a folder holds no images.</exception>
    public static IImageDataset Gather(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<ImageFile>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var below = ImageFile.Below(path);
                if (below.Count == 0) throw new DataException($"{path} holds no images.") { File = path };
                files.AddRange(below);
            }
            else if (File.Exists(path)) files.Add(new ImageFile(path, path, BoundedFile.SizeOf(path)));
            else throw new DataException($"There is no image or folder {ImageFile.Shown(path)}.") { File = path };
        }
        return new ImageFilePart($"{files.Count} images", files, [], _ => -1);
    }

    private static DataSplits AsGiven(string title, Part train, Part test)
    {
        var names = ClassNames(train, test);
        return new DataSplits(train.ToDataset($"{title} train", names), test.ToDataset($"{title} test", names));
    }

    private static DataSplits HoldOut(string title, Part all)
    {
        var names = ClassNames(all);
        if (names.Length == 0)
            return new DataSplits(all.ToDataset($"{title} train", names), new Part("", []).ToDataset($"{title} test", names));
        var held = all.Files.GroupBy(all.ClassOf).SelectMany(members =>
        {
            var count = members.Count();
            // At least one of each class is learned from and, where there are two, one is held out.
            var wanted = Math.Clamp((int)Math.Round(HeldOut * count), Math.Min(1, count - 1), count - 1);
            return members.OrderBy(Hash).ThenBy(file => file.RelativePath, StringComparer.Ordinal).Take(wanted);
        }).ToHashSet();
        var train = all with { Files = [.. all.Files.Where(file => !held.Contains(file))] };
        var test = all with { Files = [.. all.Files.Where(held.Contains)] };
        return new DataSplits(train.ToDataset($"{title} train", names), test.ToDataset($"{title} test", names))
        {
            TestIsHeldOut = true,
        };
    }

    private static string[] ClassNames(params Part[] parts)
    {
        string[] names = [.. parts.Where(part => part.HasClasses)
            .SelectMany(part => part.Files.Select(part.ClassOf)).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return names.Length > 1 ? names : [];
    }

    // Kaggle's folders are often capitalized. Where several differ in nothing else, the one that is not is meant.
    private static string? SubFolder(string directory, string name) => Directory.EnumerateDirectories(directory)
        .Select(path => Path.GetFileName(path)).Where(found => found.Equals(name, StringComparison.OrdinalIgnoreCase))
        .OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    private static ulong Hash(ImageFile file) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(file.RelativePath)));

    /// <summary>The images whose relative paths begin with a prefix; classes are the folders right below it.</summary>
    private sealed record Part(string Prefix, IReadOnlyList<ImageFile> Files)
    {
        public bool HasClasses => Files.Count > 0 && Files.All(file => ClassOf(file) is not null);

        public static Part Of(IEnumerable<ImageFile> files, string prefix) =>
            new(prefix, [.. files.Where(file => file.RelativePath.StartsWith(prefix, StringComparison.Ordinal))]);

        public string? ClassOf(ImageFile file)
        {
            var end = file.RelativePath.IndexOf('/', Prefix.Length);
            return end < 0 ? null : file.RelativePath[Prefix.Length..end];
        }

        public ImageFilePart ToDataset(string name, string[] classNames) =>
            new(name, Files, HasClasses ? classNames : [],
                file => Array.BinarySearch(classNames, ClassOf(file), StringComparer.Ordinal));
    }
}
