namespace SimClr.Embedding;

/// <summary>Fields of comma-separated values (RFC 4180).</summary>
internal static class CsvText
{
    /// <summary>A field, in quotes where it needs them.</summary>
    public static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : text;
}
