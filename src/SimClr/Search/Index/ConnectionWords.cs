using System.Text.RegularExpressions;

namespace SimClr.Search;

/// <summary>
/// Tells the connection string of a database, or an address with a scheme, from the name of a file. Such a text may hold a
/// password: no message may repeat it, and no file may be called like it.
/// </summary>
public static partial class ConnectionWords
{
    /// <summary>The text that replaces it in messages.</summary>
    public const string Refusal = "a file or folder of this machine is needed here, not a connection string or an address";

    /// <summary>Whether a text is a connection string (<c>Host=…;Database=…</c>) or an address (<c>postgresql://…</c>).</summary>
    public static bool AreIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Scheme().IsMatch(text) || Keyword().IsMatch(text);
    }

    [GeneratedRegex(@"^\s*[a-z][a-z0-9+.\-]*://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    // Those of Npgsql and libpq that a connection string begins with, or that hold a secret wherever they stand.
    [GeneratedRegex(
        @"^\s*(host|server|data source|addr|address|network address|port|database|db|dbname|initial catalog|user ?name|user ?id|"
        + @"user|uid|passfile|service)\s*=|(^|[;\s])\s*(password|psw|pwd|passwd|ssl ?password)\s*=",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Keyword();
}
