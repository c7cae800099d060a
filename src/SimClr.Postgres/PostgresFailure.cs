using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using SimClr.Features;

namespace SimClr.Postgres;

/// <summary>Failures of a database, each in one line that says what to do and contains no password.</summary>
internal static class PostgresFailure
{
    /// <summary>Does something with the database.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="index">The index's name.</param>
    /// <param name="action">The advice.</param>
    /// <exception cref="EmbeddingException">It failed.</exception>
    public static T Translated<T>(NpgsqlConnectionStringBuilder settings, string index, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or AuthenticationException)
        {
            throw new EmbeddingException(Words(e, settings, index), e);
        }
    }

    private static string Words(Exception e, NpgsqlConnectionStringBuilder settings, string index)
    {
        var (place, user) = (ConnectionText.Place(settings), settings.Username ?? Environment.UserName);
        return e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } => $"The {place} refuses the password of {user}.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } refused =>
                $"The {place} refuses {user}: {refused.MessageText}.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"There is no {place}; createdb makes one.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                $"The {place} can only be read; an index is brought up to date on the primary server, by a user who may write.",
            // "extension is not available", and what older servers said of a missing control file.
            PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.UndefinedFile } missing
                when missing.MessageText.Contains("extension", StringComparison.Ordinal) =>
                $"The server of the {place} has no pgvector; install it there (package postgresql-NN-pgvector).",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied
                when denied.MessageText.Contains("extension", StringComparison.Ordinal) =>
                $"{user} may not add pgvector to the {place}; its owner has to say CREATE EXTENSION vector there once.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied =>
                $"{user} may not do that in the {place}: {denied.MessageText}.",
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } =>
                $"The index {index} in the {place} is gone; make it again.",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
                $"The disk of the {place} is full; the index is as it was.",
            PostgresException other => $"The {place} says: {other.MessageText} ({other.SqlState}).",
            _ when Find<SocketException>(e) is { } socket =>
                $"No PostgreSQL server answers for the {place}: {socket.Message}.",
            _ when Find<TimeoutException>(e) is not null => $"The server of the {place} does not answer in time.",
            _ when e.Message.StartsWith("No password", StringComparison.Ordinal) =>
                $"The {place} asks for a password of {user}; give it in PGPASSWORD or ~/.pgpass.",
            _ => $"The connection to the {place} failed: {e.Message.TrimEnd('.')}.",
        };
    }

    private static T? Find<T>(Exception? e) where T : Exception
    {
        for (; e is not null; e = e.InnerException)
            if (e is T found) return found;
        return null;
    }
}
