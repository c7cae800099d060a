using System.Formats.Tar;
using System.IO.Compression;

namespace SimClr.Tests.Fixtures;

/// <summary>What version 0.1.0 wrote, unpacked into a folder of its own; see <c>Fixtures/Kept/README.md</c>.</summary>
internal sealed class KeptFiles : IDisposable
{
    /// <summary>The folder that the files name where they hold a full path.</summary>
    public const string MadeAt = "/tmp/kept";

    private readonly TemporaryFolder _folder = new();

    public KeptFiles()
    {
        using var packed = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Kept", "version-0.1.0.tar.br"));
        using var tar = new BrotliStream(packed, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(tar, _folder.FullPath, overwriteFiles: false);
    }

    /// <summary>A path below the folder.</summary>
    public string At(string relative) => _folder.At(relative);

    public void Dispose() => _folder.Dispose();
}
