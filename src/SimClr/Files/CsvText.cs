namespace SimClr.Files;

/// <summary>
/// Fields of comma-separated values (RFC 4180). Programs that show tables take a field that begins with <c>= + - @</c> for a
/// formula and compute it; such text, which may come from the name of anybody's file, gets an apostrophe before it.
/// </summary>
public static class CsvText
{
    /// <summary>A field, in quotes where it needs them.</summary>
    public static string Quoted(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]) text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : text;
    }
}
