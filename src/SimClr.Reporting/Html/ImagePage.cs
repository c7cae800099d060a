using System.Text;
using SimClr.Files;
using SimClr.Images;
using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>
/// A page of images that were found: one file that needs nothing else, with small copies of the images in it. Names are
/// text, whatever is in them.
/// </summary>
public static class ImagePage
{
    // Twice what the page shows, for dense screens.
    private const int Side = 240, Tiny = 64;

    /// <summary>Writes a page.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="title">The title.</param>
    /// <param name="lead">A sentence or two under the title.</param>
    /// <param name="sections">The images.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string title, string lead, IReadOnlyList<PageSection> sections)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = AtomicFile.Create(path);
        Write(file, title, lead, sections);
    }

    /// <summary>The same to a file that was begun before the images were found, and completes it.</summary>
    /// <inheritdoc cref="Write(string, string, string, IReadOnlyList{PageSection})"/>
    public static void Write(AtomicFile file, string title, string lead, IReadOnlyList<PageSection> sections)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sections);
        file.Stream.Write(Encoding.UTF8.GetBytes(Html(title, lead, sections)));
        file.Finish();
    }

    /// <summary>The page's text.</summary>
    internal static string Html(string title, string lead, IReadOnlyList<PageSection> sections)
    {
        var body = new StringBuilder();
        body.Append($"<h1>{Escape(title)}</h1>\n<p class=\"soft\">{Escape(lead)}</p>\n");
        foreach (var section in sections)
        {
            body.Append($"<h2>{Escape(section.Heading)}</h2>\n<div class=\"tiles\">\n");
            foreach (var entry in section.Images) Tile(body, entry);
            body.Append("</div>\n");
        }
        return ReportDocument.Html(title, body.ToString());
    }

    private static void Tile(StringBuilder body, PageImage entry)
    {
        body.Append("<figure class=\"tile\">");
        if (entry.Load() is { } image)
        {
            var kind = Math.Max(image.Width, image.Height) <= Tiny ? " class=\"tiny\"" : "";
            body.Append($"<img{kind} alt=\"{Escape(entry.Name)}\" src=\"{Thumbnail.DataAddress(image, Side)}\">");
        }
        else
        {
            body.Append("<div class=\"missing\"></div>");
        }
        var shown = Path.GetFileName(entry.Name) is { Length: > 0 } last ? last : entry.Name;
        body.Append($"<figcaption title=\"{Escape(entry.Name)}\">");
        if (entry.Caption.Length > 0) body.Append($"<b>{Escape(entry.Caption)}</b>");
        body.Append($"{Escape(shown)}</figcaption></figure>\n");
    }
}
