using System.CommandLine;
using System.Runtime.CompilerServices;
using SimClr.Cli.Display;
using SimClr.Features;
using SimClr.Postgres;
using SimClr.Search;

namespace SimClr.Cli.Commands;

/// <summary>Where an index lies: a file, or a database with options of its own.</summary>
internal sealed class IndexPlace
{
    private readonly ValueOption<string?> _name =
        new("--name", "NAME", "which index of the database", () => "pictures") { Heading = "PostgreSQL" };

    private readonly FlagOption? _hnsw;
    private readonly FlagOption? _approximate;

    private IndexPlace(FlagOption? hnsw, FlagOption? approximate) => (_hnsw, _approximate) = (hnsw, approximate);

    /// <summary>Adds the options of a database that is written.</summary>
    public static IndexPlace Written(Command command) => new IndexPlace(
        new("--hnsw", "make a graph too, for searches that are --approximate") { Heading = "PostgreSQL" }, null).AddTo(command);

    /// <summary>Adds the options of a database that is searched.</summary>
    public static IndexPlace Searched(Command command) => new IndexPlace(
        null, new("--approximate", "follow the graph of index --hnsw: faster, may miss some") { Heading = "PostgreSQL" })
        .AddTo(command);

    /// <summary>Names an index whose vectors were not of length 1.</summary>
    public static void TellOfRescaled(Session session, string name, int count)
    {
        if (count > 0)
            session.Note($"{name}: {Numbers.Count(count)} vectors were not of length 1, as earlier versions wrote them from C#; "
                + "they have been scaled. Similarities were wrong before.");
    }

    /// <summary>Opens an index, or the place where one is to be made.</summary>
    /// <param name="place">A file's name or a connection string.</param>
    /// <param name="parsed">The command's options.</param>
    /// <exception cref="UsageException">An option of databases is given with a file.</exception>
    public IImageIndex Open(string place, ParseResult parsed)
    {
        var (name, hnsw, approximate) = (parsed.GetValue(_name), IsGiven(_hnsw, parsed), IsGiven(_approximate, parsed));
        if (ConnectionWords.AreIn(place)) return OpenDatabase(place, name, hnsw, approximate);
        if (name is not null || hnsw || approximate)
        {
            var option = name is not null ? _name.Name : (_hnsw ?? _approximate)!.Name;
            throw new UsageException($"{option} is for an index in PostgreSQL, not for a file");
        }
        return FileImageIndex.Open(place);
    }

    /// <summary>Opens an index that is there.</summary>
    /// <exception cref="EmbeddingException">There is none.</exception>
    public IImageIndex OpenExisting(string place, ParseResult parsed)
    {
        var index = Open(place, parsed);
        if (index.Origin is not null) return index;
        var missing = new EmbeddingException($"There is no index {index.Name}; simclr index RUN DATA --out makes one.");
        index.Dispose();
        throw missing;
    }

    // A method of its own, so that the assemblies of databases are loaded for databases only.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PostgresImageIndex OpenDatabase(string connection, string? name, bool hnsw, bool approximate)
    {
        var options = new PostgresIndexOptions { Hnsw = hnsw, Approximate = approximate };
        return PostgresImageIndex.Open(connection, name is null ? options : options with { Name = name });
    }

    private IndexPlace AddTo(Command command)
    {
        command.Options.Add(_name);
        if (_hnsw is not null) command.Options.Add(_hnsw);
        if (_approximate is not null) command.Options.Add(_approximate);
        return this;
    }

    private static bool IsGiven(FlagOption? option, ParseResult parsed) => option is not null && parsed.GetValue(option);
}
