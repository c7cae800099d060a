namespace SimClr.Tests.Fixtures;

/// <summary>An empty folder that disappears with its content.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("simclr-test-").FullName;

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
