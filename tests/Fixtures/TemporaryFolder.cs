namespace SimClr.Tests.Fixtures;

/// <summary>
/// An empty folder that disappears with its content; in memory where there is room, since runs flush what they write and a busy
/// disk takes its time for that.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    public string FullPath { get; } = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 1 << 30
        ? Directory.CreateDirectory(Path.Combine(Memory, $"simclr-test-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("simclr-test-").FullName;

    /// <summary>A path below the folder.</summary>
    public string At(string relative) => Path.Combine(FullPath, relative);

    /// <summary>Writes a file, making its folders.</summary>
    public string Write(string relative, ReadOnlySpan<byte> bytes)
    {
        var path = At(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
