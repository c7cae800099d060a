using SimClr.Files;

namespace SimClr.Data;

/// <summary>
/// CIFAR-10 in its official binary form (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels in ten
/// classes. Files are <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c> and <c>test_batch.bin</c>, sequences of records of
/// one label byte and 3,072 pixel bytes, plane by plane.
/// </summary>
public static class Cifar10
{
    /// <summary>Number of classes; labels are 0 to 9.</summary>
    internal const int Classes = 10;

    private static readonly string[] StandardNames =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly string[] TrainFiles = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    /// <summary>Reads the dataset into memory (184 MB).</summary>
    /// <param name="directory">The folder of the <c>.bin</c> files, or the folder that holds <c>cifar-10-batches-bin</c>.</param>
    /// <exception cref="DataException">A file is missing, truncated or something else; the message says what to do.</exception>
    public static DataSplits Open(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var folder = Path.GetFullPath(Locate(directory)); // names of images hold in any working directory
        var names = ReadNames(Path.Combine(folder, "batches.meta.txt"));
        return new DataSplits(
            CifarRecords.Read("CIFAR-10 train", folder, TrainFiles, names),
            CifarRecords.Read("CIFAR-10 test", folder, ["test_batch.bin"], names));
    }

    /// <summary>Whether a folder (or its <c>cifar-10-batches-bin</c>) holds CIFAR-10's files.</summary>
    internal static bool IsAt(string directory) =>
        File.Exists(Path.Combine(directory, TrainFiles[0]))
        || File.Exists(Path.Combine(directory, "cifar-10-batches-bin", TrainFiles[0]));

    private static string Locate(string directory)
    {
        if (File.Exists(directory))
            throw new DataException($"{directory} is a file; CIFAR-10 is opened by the folder that holds {TrainFiles[0]}.")
            {
                File = directory,
            };
        if (!Directory.Exists(directory))
            throw new DataException($"There is no folder {directory}; give the folder that holds CIFAR-10's {TrainFiles[0]}.")
            {
                File = directory,
            };
        var below = Path.Combine(directory, "cifar-10-batches-bin");
        return !File.Exists(Path.Combine(directory, TrainFiles[0])) && Directory.Exists(below) ? below : directory;
    }

    private static string[] ReadNames(string path)
    {
        try
        {
            string[] names =
                [.. BoundedFile.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).Take(11)];
            return names.Length == StandardNames.Length ? names : StandardNames;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e) { File = path };
        }
    }
}
