namespace SimClr.Data;

/// <summary>Folders by the one path without links, so that each is recognized whichever way it was reached.</summary>
internal static class RealFolder
{
    // Linux gives up after 40 links too.
    private const int MaxLinks = 40;

    /// <summary>The path of a folder, or of where it links to, without any links in it.</summary>
    /// <exception cref="IOException">Links lead to each other.</exception>
    public static string PathOf(string path)
    {
        var full = Path.GetFullPath(path);
        var links = MaxLinks;
        return Follow("", full, ref links);
    }

    /// <summary>Goes from a folder whose path is real along a path, name by name, as the system does.</summary>
    private static string Follow(string folder, string path, ref int links)
    {
        var root = Path.GetPathRoot(path) ?? "";
        var real = root.Length > 0 ? root : folder;
        foreach (var name in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == ".") continue;
            var next = Path.Combine(real, name);
            if (name == "..") real = Path.GetDirectoryName(real) ?? real;
            else if (new DirectoryInfo(next).LinkTarget is not { } target) real = next;
            else if (links-- == 0) throw new IOException("links lead to each other.");
            else real = Follow(real, target, ref links);
        }
        return real;
    }
}
