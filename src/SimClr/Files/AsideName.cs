using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SimClr.Files;

/// <summary>Names of files under construction: <c>NAME.PID-RANDOM.tmp</c>, in the folder of the file that they become.</summary>
internal static class AsideName
{
    /// <summary>Files under construction end in this.</summary>
    public const string Suffix = ".tmp";

    private const int RandomLength = 12;

    // A name holds 255 bytes in most file systems; what is added takes at most 30.
    private const int LongestName = 200;

    /// <summary>A name that no other file has, for one attempt at writing a file.</summary>
    public static string New(string path) => Path.Combine(Folder(path), string.Create(CultureInfo.InvariantCulture,
        $"{Short(Path.GetFileName(path))}.{Environment.ProcessId}-{RandomDigits()}{Suffix}"));

    private static string RandomDigits() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomLength / 2));

    /// <summary>All that were begun for a file and are still there.</summary>
    public static IEnumerable<string> BegunFor(string path)
    {
        var start = Short(Path.GetFileName(path)) + ".";
        return Directory.EnumerateFiles(Folder(path), "*" + Suffix).Where(file => IsNumbered(Path.GetFileName(file), start));
    }

    /// <summary>A name as it is, or shortened to leave room for what is added to it.</summary>
    public static string Short(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length <= LongestName) return name;
        var start = name[..(LongestName / 4)]; // a character takes four bytes at most
        if (char.IsHighSurrogate(start[^1])) start = start[..^1];
        return $"{start}-{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}";
    }

    private static string Folder(string path) => Path.GetDirectoryName(Path.GetFullPath(path))
        ?? throw new IOException($"{path} is no file");

    private static bool IsNumbered(string name, string start)
    {
        if (!name.StartsWith(start, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        if (name.Length < start.Length + Suffix.Length) return false;
        return name[start.Length..^Suffix.Length].Split('-') is [{ Length: > 0 } process, { Length: RandomLength } random]
            && process.All(char.IsAsciiDigit) && random.All(char.IsAsciiHexDigitLower);
    }
}
