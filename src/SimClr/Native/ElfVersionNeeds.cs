using System.Buffers.Binary;
using System.Text;

namespace SimClr.Native;

/// <summary>
/// The version needs of a 64-bit little-endian ELF library (section <c>.gnu.version_r</c>): which symbol versions the dynamic
/// loader insists on before it maps the file. A need whose flags carry <c>VER_FLG_WEAK</c> only warns when it is absent.
/// </summary>
internal static class ElfVersionNeeds
{
    private const int VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 0x2;               // VER_FLG_WEAK

    /// <summary>Marks one version need as weak, in place.</summary>
    /// <returns>How many entries were changed; 0 when the library does not ask for that version.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a well-formed 64-bit little-endian ELF file.</exception>
    public static int MarkWeak(Span<byte> elf, string version)
    {
        try
        {
            return MarkWeakUnchecked(elf, version);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF file is truncated or its tables point outside it.", e);
        }
    }

    private static int MarkWeakUnchecked(Span<byte> elf, string version)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]; // 64-bit, little-endian
        if (!elf.StartsWith(magic)) throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        var sectionTable = Int64(elf, 0x28);
        int entrySize = UInt16(elf, 0x3a), entries = UInt16(elf, 0x3c);
        var changed = 0;
        for (var i = 0; i < entries; i++)
        {
            var section = sectionTable + i * entrySize;
            if (Int32(elf, section + 4) != VersionNeedSection) continue;
            var needs = Int64(elf, section + 0x18);
            var strings = Int64(elf, sectionTable + Int32(elf, section + 0x28) * entrySize + 0x18);
            changed += MarkSection(elf, needs, strings, version);
        }
        return changed;
    }

    private static int MarkSection(Span<byte> elf, int needs, int strings, string version)
    {
        var changed = 0;
        for (int file = needs, step; ; file += step)
        {
            var auxiliary = file + Int32(elf, file + 8);
            for (var left = UInt16(elf, file + 2); left > 0; left--)
            {
                if (Text(elf, strings + Int32(elf, auxiliary + 8)) == version)
                {
                    var flags = UInt16(elf, auxiliary + 4);
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(auxiliary + 4)..], (ushort)(flags | WeakFlag));
                    changed++;
                }
                auxiliary += Int32(elf, auxiliary + 12);
            }
            step = Int32(elf, file + 12);
            if (step == 0) return changed;
            if (step < 0) throw new InvalidDataException("The ELF version table runs backwards.");
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);

    private static int Int32(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadInt32LittleEndian(elf[at..]);

    private static int Int64(ReadOnlySpan<byte> elf, int at) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(elf[at..]));

    private static string Text(ReadOnlySpan<byte> elf, int at)
    {
        var rest = elf[at..];
        var end = rest.IndexOf((byte)0);
        return end < 0 ? throw new InvalidDataException("An ELF string does not end.") : Encoding.ASCII.GetString(rest[..end]);
    }
}
