using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SimClr.Native;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Hardening;

public class NativeLibrariesTests
{
    [Fact]
    public void Only_the_flags_of_the_one_version_need_change()
    {
        var bridge = NativeLibraries.FindBeside(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipWhen(bridge is null, "This platform's TorchSharp has no ELF library.");
        var original = File.ReadAllBytes(bridge);
        var patched = (byte[])original.Clone();
        Assert.Equal(1, ElfVersionNeeds.MarkWeak(patched, "GLIBCXX_3.4.32"));
        var changed = Enumerable.Range(0, original.Length).Where(i => original[i] != patched[i]).ToArray();
        Assert.Single(changed);
        Assert.Equal(original[changed[0]] | 2, patched[changed[0]]);
        Assert.Equal(0, ElfVersionNeeds.MarkWeak(patched, "GLIBCXX_9.9.99"));
    }

    [Fact]
    public void A_version_need_is_found_in_a_minimal_library()
    {
        var elf = MinimalElf("GLIBCXX_3.4.32");
        Assert.Equal(1, ElfVersionNeeds.MarkWeak(elf, "GLIBCXX_3.4.32"));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x1000 + 16 + 4)));
    }

    [Fact]
    public void Damaged_libraries_are_refused_and_never_crash()
    {
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak("not an ELF file"u8.ToArray(), "X"));
        var whole = MinimalElf("GLIBCXX_3.4.32");
        for (var length = 0; length < whole.Length; length += 7)
        {
            try
            {
                ElfVersionNeeds.MarkWeak(whole.AsSpan(0, length).ToArray(), "GLIBCXX_3.4.32");
            }
            catch (InvalidDataException)
            {
                // The only exception allowed.
            }
        }
    }

    [Fact]
    public void A_library_is_loaded_from_memory_and_leaves_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Anonymous files are Linux's.");
        // Any small library of the system will do.
        var bytes = File.ReadAllBytes(NativeLibraries.FindBeside(AppContext.BaseDirectory, "libSkiaSharp.so")!);
        var before = Directory.GetDirectories(Path.GetTempPath(), "simclr-??????").ToHashSet();
        foreach (var load in new Func<byte[], string, IntPtr>[] { AnonymousLibrary.Load, AnonymousLibrary.LoadFromFile })
        {
            var handle = load(bytes, "Anonymous");
            Assert.True(NativeLibrary.TryGetExport(handle, "sk_version_get_milestone", out _));
        }
        Assert.Contains("memfd:Anonymous", File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        Assert.Subset(before, Directory.GetDirectories(Path.GetTempPath(), "simclr-??????").ToHashSet());
        // The file of a loaded library stays open when nobody holds it: another must not get its name, and pass for the library.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Throws<DllNotFoundException>(() => AnonymousLibrary.Load("no library"u8.ToArray(), "Broken"));
    }

    [Fact]
    public void Nothing_is_loaded_from_or_left_in_a_folder_that_others_may_write()
    {
        using var shared = new TemporaryFolder();
        // What an attacker prepares: the folder that an earlier version loaded from, open to everyone.
        Directory.CreateDirectory(shared.At("simclr"));
        using var process = CliProcess.Start(["preview", "shapes:20", "--count", "1", "--out", shared.At("out.png"), "--quiet"],
            environment: ("XDG_CACHE_HOME", shared.FullPath));
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(shared.At("simclr")));
    }

    [Fact]
    public void A_failed_load_is_explained_in_one_line()
    {
        var message = NativeLibraries.Explain(new DllNotFoundException("version `GLIBCXX_9' not found\n  at somewhere"));
        Assert.DoesNotContain('\n', message);
        Assert.Contains("libtorch could not be loaded", message, StringComparison.Ordinal);
        Assert.Contains(NativeLibraries.LibTorchVariable, message, StringComparison.Ordinal);
    }

    /// <summary>One section header of kind SHT_GNU_verneed with one file and one version, and a string table.</summary>
    private static byte[] MinimalElf(string version)
    {
        const int sections = 0x200, needs = 0x1000, strings = 0x1100;
        var elf = new byte[0x1200];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }.CopyTo(elf, 0);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(0x28), sections);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3a), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3c), 2);
        BinaryPrimitives.WriteInt32LittleEndian(elf.AsSpan(sections + 4), 0x6ffffffe);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(sections + 0x18), needs);
        BinaryPrimitives.WriteInt32LittleEndian(elf.AsSpan(sections + 0x28), 1);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(sections + 64 + 0x18), strings);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(needs + 2), 1);  // one version
        BinaryPrimitives.WriteInt32LittleEndian(elf.AsSpan(needs + 8), 16);  // right behind
        BinaryPrimitives.WriteInt32LittleEndian(elf.AsSpan(needs + 16 + 8), 5);
        Encoding.ASCII.GetBytes(version).CopyTo(elf, strings + 5);
        return elf;
    }
}
