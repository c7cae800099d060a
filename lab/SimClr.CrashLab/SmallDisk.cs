using System.Diagnostics;

namespace SimClr.CrashLab;

/// <summary>A disk of a few megabytes in memory, which can be filled. Mounting it needs root on Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    private SmallDisk(string path) => (Path, _filler) = (path, System.IO.Path.Combine(path, "filler"));

    public string Path { get; }

    /// <summary>Mounts a disk; null where that is not possible.</summary>
    public static SmallDisk? TryMount(string folder, int megabytes)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Directory.CreateDirectory(folder);
        return Command("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) == 0 ? new SmallDisk(folder) : null;
    }

    /// <summary>Takes what room there is.</summary>
    public void Fill()
    {
        try
        {
            using var stream = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var block = new byte[64 << 10]; ;) stream.Write(block);
        }
        catch (IOException)
        {
            // full
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(_filler);

    public void Dispose() => _ = Command("umount", Path);

    private static int Command(string name, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, args) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1; // there is no such program
        }
    }
}
