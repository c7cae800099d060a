using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace SimClr.EndToEnd.Tests.Postgres;

/// <summary>
/// A PostgreSQL server for the tests of a class, in a temporary folder and on a socket there. Its programs are in the folder
/// that <c>SIMCLR_TEST_POSTGRES</c> names, or where Debian has them, or in the PATH. Where they are missing, or pgvector, there
/// is a reason instead, and tests skip with it.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Password = "se;cr=et 'word";

    private readonly string _folder = Directory.CreateTempSubdirectory("simclr-pg-").FullName;
    private readonly string? _programs = Programs();
    private Process? _server;
    private int _databases;

    /// <summary>Why there is no server, or null.</summary>
    public string? Missing { get; private set; }

    /// <summary>Why there is no pgvector, or null.</summary>
    public string? MissingVector { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (_programs is null)
        {
            Missing = "There is no PostgreSQL server here (initdb and postgres; Debian's package is postgresql); "
                + "SIMCLR_TEST_POSTGRES may name their folder.";
            return;
        }
        File.WriteAllText(At("password"), Password);
        if (Environment.UserName == "root" && Ran("chown", "-R", "postgres", _folder) != 0)
        {
            Missing = "root cannot run a server, and there is no user postgres to run it as.";
            return;
        }
        if (Ran(Program("initdb"), "-D", At("data"), "-A", "scram-sha-256", "-U", "owner", "--pwfile", At("password"),
            "--no-sync", "-E", "UTF8",
            "--locale", "C") != 0)
        {
            Missing = "initdb failed.";
            return;
        }
        _server = Start(Program("postgres"), "-D", At("data"), "-c", "listen_addresses=", "-c",
            $"unix_socket_directories={_folder}",
            "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=20");
        await Answer();
        await using var connection = new NpgsqlConnection(Connection("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'",
            connection);
        if (await command.ExecuteScalarAsync() is not 1L)
            MissingVector = "The PostgreSQL server has no pgvector extension (Debian's package is postgresql-NN-pgvector).";
    }

    /// <summary>Skips a test that needs a server.</summary>
    public void Require() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    /// <summary>Skips a test that needs pgvector.</summary>
    public void RequireVector()
    {
        Require();
        Assert.SkipWhen(MissingVector is not null, MissingVector ?? "");
    }

    /// <summary>An empty database.</summary>
    /// <returns>Its connection string.</returns>
    public string Database()
    {
        var name = $"photos{Interlocked.Increment(ref _databases)}";
        Run(Connection("postgres"), $"CREATE DATABASE {name}");
        return Connection(name);
    }

    /// <summary>How to reach a database.</summary>
    public string Connection(string database, string user = "owner", string password = Password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = _folder,
            Database = database,
            Username = user,
            Password = password,
            Pooling = false,
        }.ConnectionString;

    /// <summary>Runs a statement.</summary>
    public static object? Run(string connection, string statement)
    {
        using var open = new NpgsqlConnection(connection);
        open.Open();
        using var command = new NpgsqlCommand(statement, open);
        return command.ExecuteScalar();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            // A shell as another user stands between; the server's own number is in its folder.
            var number = (await File.ReadAllLinesAsync(At("data/postmaster.pid")))[0];
            Ran("kill", "-INT", number); // fast shutdown
            await _server.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            _server.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Programs()
    {
        if (Environment.GetEnvironmentVariable("SIMCLR_TEST_POSTGRES") is { Length: > 0 } named) return named;
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ??
            "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return versions.OrderByDescending(version =>
            int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Select(version => Path.Combine(version, "bin")).Concat(path)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder,
                "postgres")));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Program(string name) => Path.Combine(_programs!, name);

    private static int Ran(string program, params string[] args)
    {
        using var process = Start(program, args);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Process Start(string program, params string[] args)
    {
        // PostgreSQL refuses to run as root.
        var other = Environment.UserName == "root" && program.StartsWith('/');
        var start = new ProcessStartInfo(other ? "runuser" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var arg in other ? ["-u", "postgres", "--", program, .. args] : args) start.ArgumentList.Add(arg);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task Answer()
    {
        for (var patience = 0; ; patience++)
        {
            try
            {
                Run(Connection("postgres"), "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (patience < 300 && _server is { HasExited: false })
            {
                await Task.Delay(100);
            }
        }
    }
}
