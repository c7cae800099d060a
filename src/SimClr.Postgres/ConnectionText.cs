using System.Data.Common;
using System.Globalization;
using Npgsql;
using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>Connection strings, of Npgsql's form or as URIs of libpq's. No message of this class repeats a part of one.</summary>
internal static class ConnectionText
{
    private const int DefaultPort = 5432;

    // Parameters of a URI that Npgsql names differently from psql.
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["passfile"] = "Passfile",
        ["target_session_attrs"] = "Target Session Attributes",
    };

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="EmbeddingException">It is not understood, or names no server.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = text.Contains("://", StringComparison.Ordinal) && !text.Contains(';', StringComparison.Ordinal)
                ? OfUri(new Uri(text))
                : new(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or OverflowException
            or InvalidCastException or NotSupportedException)
        {
            // Not even as the cause: what the parser quotes may be a piece of a password.
            throw NotUnderstood();
        }
        // Where a password holds such a letter unescaped, a part of it is taken for something else.
        if ((settings.Database + settings.Host).AsSpan().ContainsAny("@?#")
            || settings.Database?.Contains('/', StringComparison.Ordinal) == true)
            throw NotUnderstood();
        if (string.IsNullOrEmpty(settings.Host)) throw new EmbeddingException("The connection string names no Host.");
        // Vectors take their time to be copied and searched. Npgsql's own builder says of every keyword that it has it.
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        if (!given.ContainsKey("Command Timeout")) settings.CommandTimeout = 0;
        settings.TcpKeepAlive = true; // so a server that is gone is still noticed
        settings.ApplicationName ??= "simclr";
        settings.PersistSecurityInfo = false;
        return settings;
    }

    private static EmbeddingException NotUnderstood() => new("The connection string is not understood; it looks like "
        + "Host=...;Database=...;Username=... or postgresql://USER@HOST/DATABASE. In an address, the letters @ : / ? # % of a "
        + "password stand as %40 %3A %2F %3F %23 %25; better, give it in PGPASSWORD.");

    /// <summary>The database and its server, for people.</summary>
    public static string Place(NpgsqlConnectionStringBuilder settings)
    {
        var database = settings.Database ?? settings.Username ?? Environment.UserName;
        var port = settings.Port == DefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{settings.Port}");
        return $"database {database} at {settings.Host}{port}";
    }

    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        if (uri.Scheme is not ("postgres" or "postgresql")) throw new FormatException();
        var settings = new NpgsqlConnectionStringBuilder();
        if (uri.Host.Length > 0) settings.Host = Uri.UnescapeDataString(uri.Host).Trim('[', ']');
        if (uri.Port > 0) settings.Port = uri.Port;
        if (uri.AbsolutePath.Length > 1) settings.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        if (uri.UserInfo.Length > 0)
        {
            var user = uri.UserInfo.Split(':', 2);
            settings.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length == 2) settings.Password = Uri.UnescapeDataString(user[1]);
        }
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = pair.Split('=', 2);
            var value = Uri.UnescapeDataString(word.Length == 2 ? word[1] : "");
            var isChoice = word[0].Equals("sslmode", StringComparison.OrdinalIgnoreCase);
            settings[Names[word[0]]] = isChoice ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return settings;
    }
}
