using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SimClr.Search;

/// <summary>Size and time of the last change of a file, to detect changes; for a link, of its target.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Ticks">The time, in ticks of UTC.</param>
public readonly record struct FileStamp(long Bytes, long Ticks)
{
    /// <summary>A file's stamp, or null where there is no file.</summary>
    public static FileStamp? Read(string path)
    {
        try
        {
            FileSystemInfo? file = new FileInfo(path);
            if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true);
            return file is FileInfo { Exists: true } found ? new(found.Length, found.LastWriteTimeUtc.Ticks) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As it stands in an index: <c>BYTES/TICKS</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes}/{Ticks}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FileStamp? stamp)
    {
        stamp = text.Split('/') is [var bytes, var ticks]
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new FileStamp(size, time)
            : null;
        return stamp is not null;
    }
}
