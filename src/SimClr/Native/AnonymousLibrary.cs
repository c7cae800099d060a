using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SimClr.Native;

/// <summary>
/// Loads a native library from memory. A file on disk that is written, checked and then loaded by its name could be replaced by
/// another user in between; an anonymous file has no name, and leaves nothing behind.
/// </summary>
internal static partial class AnonymousLibrary
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    // The loader knows libraries by their names. Were one's file closed, by the collector too, the next file could have its
    // number, and the loader would take it for the library that is there.
    private static readonly ConcurrentBag<SafeFileHandle> Open = [];

    /// <summary>Loads a library.</summary>
    /// <param name="bytes">An ELF file.</param>
    /// <param name="name">The name in tools that list the mappings of the process.</param>
    /// <returns>Its handle.</returns>
    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    /// <exception cref="IOException">It cannot be written, to memory or to a folder for temporary files.</exception>
    public static IntPtr Load(byte[] bytes, string name)
    {
        var descriptor = Create(name, CloseOnExec);
        if (descriptor >= 0)
        {
            var memory = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.Write(memory, bytes, 0);
            if (NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out var handle))
            {
                Open.Add(memory);
                return handle;
            }
            memory.Dispose();
        }
        return LoadFromFile(bytes, name);
    }

    /// <summary>
    /// Where the system lets nothing be run from memory: a folder that this user alone may enter, under a name that nobody can
    /// foresee. It goes as soon as the library is loaded.
    /// </summary>
    internal static IntPtr LoadFromFile(byte[] bytes, string name)
    {
        var folder = Directory.CreateTempSubdirectory("simclr-");
        try
        {
            var path = Path.Combine(folder.FullName, $"lib{name}.so");
            File.WriteAllBytes(path, bytes);
            return NativeLibrary.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);
}
