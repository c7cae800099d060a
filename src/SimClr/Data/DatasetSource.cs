using System.Globalization;

namespace SimClr.Data;

/// <summary>Datasets by the word that a command line or a configuration names them with.</summary>
public static class DatasetSource
{
    /// <summary>The fewest training images that <c>shapes:N</c> accepts: two of each class.</summary>
    public const int MinShapes = 20;

    private const string Choices = "DATA is shapes, shapes:N, cifar10:DIR, folder:DIR or a folder of images";

    /// <summary>Opens a dataset.</summary>
    /// <param name="data">
    /// <c>shapes</c> or <c>shapes:N</c> (built-in, N training images), <c>cifar10:DIR</c> (<see cref="Cifar10"/>),
    /// <c>folder:DIR</c> or just <c>DIR</c> (<see cref="ImageFolder"/>).
    /// </param>
    /// <param name="imageSize">The side of <c>shapes</c> in pixels; other images have their own size.</param>
    /// <exception cref="DataException">The data cannot be opened; the message says why and what to do, in one line.</exception>
    public static DataSplits Open(string data, int imageSize)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data == "shapes") return OpenShapes(10_000, imageSize);
        if (After(data, "shapes:") is { } number) return OpenShapes(CountOf(number), imageSize);
        if (After(data, "cifar10:") is { } records) return Cifar10.Open(FolderOf(records, "cifar10:DIR"));
        if (After(data, "folder:") is { } images) return OpenFolder(FolderOf(images, "folder:DIR"));
        if (string.IsNullOrWhiteSpace(data)) throw new DataException($"No data is named; {Choices}.");
        if (File.Exists(data)) throw new DataException($"{data} is a file; {Choices}.") { File = data };
        if (!Directory.Exists(data)) throw new DataException($"There is no folder {data}; {Choices}.") { File = data };
        return OpenFolder(data);
    }

    /// <summary>The same DATA with its folder as an absolute path, to be understood from any working directory.</summary>
    public static string Absolute(string data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (IsDrawn(data)) return data;
        var prefix = Array.Find(["cifar10:", "folder:"], p => After(data, p) is not null) ?? "";
        return prefix + Path.GetFullPath(data[prefix.Length..]);
    }

    /// <summary>Whether the images are drawn in a size that is asked for, and have none of their own.</summary>
    internal static bool IsDrawn(string data) => data == "shapes" || After(data, "shapes:") is not null;

    private static DataSplits OpenShapes(int trainCount, int imageSize)
    {
        if (imageSize < Shapes.SmallestSize)
            throw new DataException($"shapes are drawn at {Shapes.SmallestSize} pixels or more; the image size is {imageSize}.");
        return Shapes.Open(trainCount, imageSize);
    }

    private static int CountOf(string number)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < MinShapes)
            throw new DataException(
                $"shapes:{number} needs a whole number of training images from {MinShapes} to {int.MaxValue}, "
                + "for example shapes:20000.");
        return count;
    }

    private static DataSplits OpenFolder(string directory)
    {
        if (Directory.Exists(directory) && Cifar10.IsAt(directory))
            throw new DataException($"{directory} looks like CIFAR-10; use cifar10:{directory}");
        return ImageFolder.Open(directory);
    }

    private static string FolderOf(string directory, string form) =>
        string.IsNullOrWhiteSpace(directory) ? throw new DataException($"{form} names no folder; {Choices}.") : directory;

    private static string? After(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}
