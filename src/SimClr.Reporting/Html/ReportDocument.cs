using static SimClr.Reporting.ReportText;

namespace SimClr.Reporting;

/// <summary>A page that needs nothing but itself: style and images are in it.</summary>
public static class ReportDocument
{
    private const int LargestImage = 64 * 1024 * 1024;

    /// <summary>A whole page.</summary>
    /// <param name="title">Its name in words.</param>
    /// <param name="body">Its content as HTML.</param>
    public static string Html(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <style>
        {ReportStyle.Css}
        </style>
        </head>
        <body>
        {body}</body>
        </html>

        """;

    /// <summary>
    /// A PNG file as a part of the page; nothing where there is none of a report's size. The folder may be somebody else's,
    /// and pages are passed on: a link is not followed, and other files' bytes get into no page.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="words">The alternative text.</param>
    public static string Image(string path, string words) =>
        new FileInfo(path) is { LinkTarget: null, Exists: true, Length: > 0 and <= LargestImage }
        && File.ReadAllBytes(path) is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] png
            ? $"<img alt=\"{Escape(words)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">\n"
            : "";
}
