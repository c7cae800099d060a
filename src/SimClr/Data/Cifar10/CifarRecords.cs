using System.Security.Cryptography;
using SimClr.Files;
using SimClr.Images;

namespace SimClr.Data;

/// <summary>The records of some of CIFAR-10's files, as they are on disk.</summary>
internal sealed class CifarRecords : IImageDataset
{
    private const int Side = 32, Plane = Side * Side, RecordBytes = 1 + 3 * Plane;

    // The official files have 10,000; all of them in one have 60,000.
    private const long MaxRecords = 100_000;

    private readonly string[] _paths;
    private readonly byte[][] _files;

    private CifarRecords(string name, string[] paths, byte[][] files, string[] classNames, string fingerprint)
    {
        (Name, _paths, _files, ClassNames, Fingerprint) = (name, paths, files, classNames, fingerprint);
        Count = files.Sum(file => file.Length / RecordBytes);
    }

    public string Name { get; }

    public int Count { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public string Fingerprint { get; }

    /// <exception cref="DataException">A file is missing or is not made of records.</exception>
    public static CifarRecords Read(string name, string folder, string[] fileNames, string[] classNames)
    {
        string[] paths = [.. fileNames.Select(file => Path.Combine(folder, file))];
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new DataException($"CIFAR-10 is incomplete: {missing} is missing; unpack cifar-10-binary.tar.gz again.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = new byte[paths.Length][];
        for (var i = 0; i < paths.Length; i++)
        {
            files[i] = ReadFile(paths[i], classNames.Length);
            hash.AppendData(files[i]);
        }
        return new CifarRecords(name, paths, files, classNames, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public int Label(int index) => Record(index)[0];

    public bool IsInMemory => true;

    public (int Width, int Height)? Size(int index) => (Side, Side);

    public RgbImage Load(int index) => Load(index, 1, new RgbImage(Side, Side)).Image;

    public DecodedImage Load(int index, int shrink, RgbImage memory)
    {
        Unpack(Record(index), memory);
        return new DecodedImage(memory, 1);
    }

    /// <summary>A single image, without reading the others.</summary>
    /// <param name="path">One of the files.</param>
    /// <param name="record">Which of its records.</param>
    /// <exception cref="DataException">There is no such file, it is not made of records, or has no such record.</exception>
    public static RgbImage LoadRecord(string path, int record)
    {
        try
        {
            using var file = BoundedFile.Open(path);
            // The name may come from somebody else's index, so no other file's bytes are taken for pixels.
            var length = RandomAccess.GetLength(file);
            if (length % RecordBytes != 0 || length > MaxRecords * RecordBytes)
                throw new DataException($"{ImageFile.Shown(path)} is no file of CIFAR-10.") { File = path };
            var bytes = new byte[RecordBytes];
            if (RandomAccess.Read(file, bytes, (long)record * RecordBytes) < RecordBytes)
                throw new DataException($"{ImageFile.Shown(path)} has no record {record}.") { File = path };
            if (bytes[0] >= Cifar10.Classes)
                throw new DataException(
                    $"{ImageFile.Shown(path)} is no file of CIFAR-10: record {record} has the label {bytes[0]}.")
                {
                    File = path,
                };
            var image = new RgbImage(Side, Side);
            Unpack(bytes, image);
            return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{ImageFile.Shown(path)} cannot be read: {e.Message}", e) { File = path };
        }
    }

    public string Describe(int index)
    {
        var (file, record) = Find(index);
        return $"{_paths[file]}, record {record}";
    }

    private static void Unpack(ReadOnlySpan<byte> record, RgbImage memory)
    {
        memory.Reshape(Side, Side);
        var red = record.Slice(1, Plane);
        var green = record.Slice(1 + Plane, Plane);
        var blue = record.Slice(1 + 2 * Plane, Plane);
        var pixels = memory.Pixels; // [32, 32, 3]
        for (int i = 0, to = 0; i < Plane; i++, to += 3)
            (pixels[to], pixels[to + 1], pixels[to + 2]) = (red[i], green[i], blue[i]);
    }

    private ReadOnlySpan<byte> Record(int index)
    {
        var (file, record) = Find(index);
        return _files[file].AsSpan(record * RecordBytes, RecordBytes);
    }

    private (int File, int Record) Find(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var file = 0;
        for (; index >= _files[file].Length / RecordBytes; file++) index -= _files[file].Length / RecordBytes;
        return (file, index);
    }

    private static byte[] ReadFile(string path, int classes)
    {
        byte[] bytes;
        try
        {
            bytes = BoundedFile.SizeOf(path) == 0 ? [] : BoundedFile.ReadBytes(path, MaxRecords * RecordBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e) { File = path };
        }
        if (bytes.Length == 0 || bytes.Length % RecordBytes != 0)
            throw new DataException(
                $"{path} has {bytes.Length:N0} bytes, which is not a positive multiple of {RecordBytes:N0} (one image); "
                + $"the official file has {10_000 * RecordBytes:N0}. It is truncated or not CIFAR-10: unpack it again.");
        for (var at = 0; at < bytes.Length; at += RecordBytes)
            if (bytes[at] >= classes)
                throw new DataException(
                    $"{path}, record {at / RecordBytes} has label {bytes[at]}, but CIFAR-10's labels are 0 to {classes - 1}; "
                    + "the file is damaged or another dataset: unpack cifar-10-binary.tar.gz again.");
        return bytes;
    }
}
