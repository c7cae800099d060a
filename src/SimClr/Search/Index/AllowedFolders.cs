using SimClr.Data;

namespace SimClr.Search;

/// <summary>
/// The folders that images of an index may be shown from. Without a word from the user it is the folder that all of them have in
/// common. Links are followed first: what they lead to counts, not where they stand.
/// </summary>
public sealed class AllowedFolders
{
    private readonly string[] _real; // without links, ending in a separator

    private AllowedFolders(IEnumerable<string> folders) =>
        _real = [.. folders.Select(RealPath).OfType<string>().Select(WithSeparator)];

    /// <summary>The folders, without links.</summary>
    public IReadOnlyList<string> Paths => _real;

    /// <summary>Folders that the user names.</summary>
    /// <exception cref="DataException">One of them is not there.</exception>
    public static AllowedFolders Of(IReadOnlyList<string> folders)
    {
        var missing = folders.FirstOrDefault(folder => !Directory.Exists(folder));
        return missing is null ? new(folders) : throw new DataException($"There is no folder {ImageFile.Shown(missing)}.");
    }

    /// <summary>
    /// The folder that the files of an index have in common. None where that would be a whole disk: an index of such a kind says
    /// nothing about what may be shown.
    /// </summary>
    public static AllowedFolders CommonOf(ImageIndex index)
    {
        string? common = null;
        foreach (var path in index.Images.Select(ImageLocation.Of).Select(place => place?.Path).OfType<string>())
        {
            if (!Path.IsPathFullyQualified(path)) continue; // is never shown
            var folder = WithSeparator(Path.GetDirectoryName(path) ?? "");
            if (common is null || common.StartsWith(folder, StringComparison.Ordinal)) common = folder;
            while (!folder.StartsWith(common, StringComparison.Ordinal))
                common = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(common)) is { } above
                    ? WithSeparator(above)
                    : "";
        }
        return new(common is null || common == "" || common == Path.GetPathRoot(common) ? [] : [common]);
    }

    /// <summary>Whether an image's file lies below one of the folders; an image without a file does.</summary>
    public bool Hold(ImageLocation place) => place.Path is not { } path
        || (Path.IsPathFullyQualified(path) && RealPath(path) is { } real
            && Array.Exists(_real, folder => real.StartsWith(folder, StringComparison.Ordinal)));

    private static string WithSeparator(string folder) =>
        Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;

    private static string? RealPath(string path)
    {
        try
        {
            return RealFolder.PathOf(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // links lead round in circles
        }
    }
}
