using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SimClr.Files;

/// <summary>System calls that .NET's file classes lack on Linux and macOS. Elsewhere every call does nothing.</summary>
internal static partial class PosixFile
{
    /// <summary>
    /// Makes a rename in a folder survive a loss of power. Windows does that by itself. A file system that cannot flush a folder
    /// ignores the call: the file is there, but may be lost with the power.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        using var descriptor = OpenForReading(folder);
        if (descriptor is not null) _ = Synchronize(descriptor);
    }

    /// <summary>Opens a file or folder for reading without the lock that .NET takes; null where it cannot be.</summary>
    public static SafeFileHandle? OpenForReading(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            var descriptor = Open(path, 0 /* O_RDONLY */);
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronize(SafeFileHandle descriptor);
}
