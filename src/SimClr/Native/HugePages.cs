using System.Runtime.InteropServices;

namespace SimClr.Native;

/// <summary>
/// Memory in pages of 2 MiB where the kernel has them. A working set about as large as a second-level cache does not stay in it
/// when it lies in scattered pages of 4 KiB, which fall on some of the cache's sets more often than on others.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page; memory must begin at a multiple of it.</summary>
    public const int Size = 2 << 20;

    private const int Advice = 14; // MADV_HUGEPAGE

    /// <summary>Asks for huge pages behind memory that was not written to yet. Where there are none, nothing changes.</summary>
    public static void Request(void* memory, nuint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = Advise(memory, bytes, Advice); // refusal is no error
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
