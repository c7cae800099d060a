using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SimClr.Reporting;
using static SimClr.Reporting.ReportText;

namespace SimClr.AspNetCore;

/// <summary>The page for people: one document that needs nothing but the REST interface.</summary>
/// <param name="Html">The document.</param>
/// <param name="ContentSecurityPolicy">Lets the page's own style and script in, and nothing else.</param>
internal sealed partial record SearchPage(string Html, string ContentSecurityPolicy)
{
    /// <summary>Writes the page.</summary>
    /// <param name="record">The run of the encoder.</param>
    /// <param name="summary">A summary of the served index or run.</param>
    /// <param name="canSearch">Whether there is an index.</param>
    /// <param name="options">The bounds, which the page knows too.</param>
    public static SearchPage Of(RunRecord record, IndexResponse summary, bool canSearch, ServerOptions options)
    {
        var (style, script) = ($"\n{RunFragment.Css}\n{Resource("search.css")}", canSearch ? $"\n{Resource("search.js")}" : "");
        var words = new Dictionary<string, string>
        {
            ["title"] = Escape(canSearch ? $"Images like another: {summary.Run}" : $"SimCLR: {summary.Run}"),
            ["style"] = style,
            ["script"] = script,
            ["run"] = Run(record, summary.Run),
            ["name"] = Escape(summary.Run),
            ["encoder"] = Escape(summary.Encoder),
            ["count"] = Count(summary.Count),
            ["dimension"] = Count(summary.Dimension),
            ["pictures"] = summary.Count.ToString(CultureInfo.InvariantCulture),
            ["megabytes"] = options.MaxUploadMegabytes.ToString(CultureInfo.InvariantCulture),
        };
        var outline = Resource("page.html")
            .Replace("{search}", Resource(canSearch ? "search.html" : "run.html"), StringComparison.Ordinal);
        // In one pass: replaced text is not searched again.
        var html = Blank().Replace(outline, blank => words[blank.Groups[1].Value]);
        return new(html, $"default-src 'none'; style-src {Hash(style)}; script-src {Hash(script)}; img-src 'self' blob: data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static string Run(RunRecord record, string name) =>
        $"<h2>The run behind it: {Escape(name)}</h2>\n{RunFragment.Html(record)}<footer>SimCLR.NET "
            + $"{Escape(record.Config.Version)} · <a href=\"/openapi/v1.json\">REST interface</a></footer>\n";

    private static string Hash(string text) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"SimClr.AspNetCore.Page.{name}")!;
        return new StreamReader(stream).ReadToEnd();
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Blank();
}
