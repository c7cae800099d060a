using Npgsql;
using SimClr.Data;
using SimClr.Features;
using SimClr.Native;
using SimClr.Postgres;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Postgres;

/// <summary>
/// Databases in which somebody else, mallory, may create things. All that mallory makes calls <c>evil.call</c>, which counts in
/// a sequence: that stays even where the transaction is undone.
/// </summary>
public sealed class SharedDatabaseTests(PostgresServer server, SharedDatabaseTests.OneRun run)
    : IClassFixture<PostgresServer>, IClassFixture<SharedDatabaseTests.OneRun>
{
    private const string CountCalls = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM evil.calls";
    private const string Password = "only for this test";

    [Fact]
    public void A_planted_view_of_the_table_of_indexes_is_refused_and_not_read()
    {
        var database = Shared();
        Mallory(database, "CREATE VIEW public.simclr_indexes AS SELECT 1 AS id, 'pictures'::text AS name, 'r'::text AS run, "
            + "'e'::text AS encoder_sha256, 0 AS layer, 16 AS image_size, 64 AS dimension, 1 AS pictures, false AS hnsw "
            + "WHERE evil.call()");
        Refused(database, "public.simclr_indexes, which belongs to mallory, is no ordinary table");
        Assert.Equal(0L, Calls(database));
    }

    [Theory]
    [InlineData("CREATE RULE r AS ON UPDATE TO public.simclr_indexes DO ALSO SELECT evil.call()", "has rules")]
    [InlineData("ALTER TABLE public.simclr_indexes ENABLE ROW LEVEL SECURITY; "
        + "CREATE POLICY p ON public.simclr_indexes USING (evil.call())", "has row security")]
    [InlineData("ALTER TABLE public.simclr_indexes ADD CHECK (evil.call())", "has conditions")]
    [InlineData("CREATE INDEX ON public.simclr_indexes (evil.call())", "has indexes of expressions")]
    [InlineData("ALTER TABLE public.simclr_indexes ALTER name TYPE evil.word USING row(name)::evil.word", "has not the columns")]
    public void A_planted_table_that_would_call_functions_is_refused_and_not_read(string addition, string words)
    {
        var database = Shared();
        // Whoever is not a superuser reads with row security.
        var reader = Role(database, "reader");
        Mallory(database, "CREATE TABLE public.simclr_indexes (id integer, name text, run text, encoder_sha256 text, "
            + "layer integer, image_size integer, dimension integer, pictures integer, hnsw boolean); "
            + "GRANT SELECT ON public.simclr_indexes TO reader; "
            + "CREATE TYPE evil.word AS (word text); "
            + "CREATE FUNCTION evil.text(evil.word) RETURNS text LANGUAGE sql IMMUTABLE AS "
            + "$$ SELECT CASE WHEN evil.call() THEN 'x' END $$; "
            + "CREATE CAST (evil.word AS text) WITH FUNCTION evil.text(evil.word) AS IMPLICIT");
        Mallory(database, "INSERT INTO public.simclr_indexes VALUES (1, 'pictures', 'r', 'e', 0, 16, 64, 1, false)");
        Mallory(database, addition);
        var before = Calls(database);
        Refused(reader, words);
        Assert.Equal(before, Calls(database));
    }

    [Fact]
    public void A_planted_table_is_not_written_and_a_planted_table_of_images_is_not_taken()
    {
        var database = Shared();
        Mallory(database, "CREATE TABLE public.simclr_pictures_1 (id integer)");
        using (var index = PostgresImageIndex.Open(database))
            Assert.Contains("public.simclr_pictures_1, which belongs to mallory,",
                Assert.Throws<EmbeddingException>(() => Update(index)).Message, StringComparison.Ordinal);
        Mallory(database, "DROP TABLE public.simclr_pictures_1");
        Admin(database, "DROP TABLE public.simclr_indexes");
        Mallory(database, "CREATE TABLE public.simclr_indexes (id integer, name text, run text, encoder_sha256 text, "
            + "layer integer, image_size integer, dimension integer, pictures integer, hnsw boolean DEFAULT evil.call())");
        using var planted = PostgresImageIndex.Open(database); // a table of another may be read
        Assert.Contains("public.simclr_indexes, which belongs to mallory, is not that of owner",
            Assert.Throws<EmbeddingException>(() => Update(planted)).Message, StringComparison.Ordinal);
        Assert.Equal(0L, Calls(database));
    }

    [Theory]
    [InlineData("simclr_indexes")]
    [InlineData("simclr_pictures_1")]
    public void A_planted_trigger_is_refused_and_not_run(string table)
    {
        var database = Shared();
        using var index = PostgresImageIndex.Open(database);
        Update(index);
        Admin(database, $"GRANT TRIGGER ON {table} TO mallory");
        Mallory(database, "CREATE FUNCTION evil.fire() RETURNS trigger LANGUAGE plpgsql AS "
            + "$$ BEGIN PERFORM evil.call(); RETURN new; END $$; "
            + $"CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON public.{table} "
            + "FOR EACH STATEMENT EXECUTE FUNCTION evil.fire()");
        Assert.Contains($"public.{table}, which belongs to owner, has triggers of others",
            Assert.Throws<EmbeddingException>(() => Update(index)).Message, StringComparison.Ordinal);
        Assert.Equal(0L, Calls(database));
        Assert.Single(index.Search(new float[index.Origin!.Dimension], 1)); // a search fires none
        Admin(database, $"DROP TRIGGER t ON public.{table}; CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS "
            + $"$$ BEGIN RETURN new; END $$; CREATE TRIGGER t AFTER UPDATE ON public.{table} EXECUTE FUNCTION mine()");
        Assert.Equal(new IndexUpdate(0, 10, 0, 0), Update(index)); // the owner's own
    }

    [Fact]
    public void What_is_planted_ahead_in_the_search_path_is_not_called()
    {
        var database = Shared();
        Mallory(database, """
            CREATE FUNCTION evil.vectors(public.vector, public.vector) RETURNS float8 LANGUAGE sql AS
              $$ SELECT CASE WHEN evil.call() THEN 0.0::float8 END $$;
            CREATE OPERATOR evil.<#> (LEFTARG = public.vector, RIGHTARG = public.vector, FUNCTION = evil.vectors);
            CREATE FUNCTION evil.array(public.vector, float4[]) RETURNS float8 LANGUAGE sql AS
              $$ SELECT CASE WHEN evil.call() THEN 0.0::float8 END $$;
            CREATE OPERATOR public.<#> (LEFTARG = public.vector, RIGHTARG = float4[], FUNCTION = evil.array);
            CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT evil.call() $$;
            CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);
            CREATE FUNCTION evil.hashtext(text) RETURNS integer LANGUAGE sql AS $$ SELECT evil.call()::integer $$;
            CREATE FUNCTION evil.pg_try_advisory_xact_lock(integer, integer) RETURNS boolean LANGUAGE sql AS
              $$ SELECT evil.call() $$;
            CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT evil.call()::text $$;
            CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql AS
              $$ SELECT 1::oid::regclass WHERE evil.call() $$;
            CREATE VIEW evil.pg_type AS SELECT * FROM pg_catalog.pg_type WHERE evil.call();
            CREATE VIEW evil.pg_extension AS SELECT * FROM pg_catalog.pg_extension WHERE evil.call();
            CREATE DOMAIN evil.vector AS public.vector CHECK (evil.call());
            CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.call());
            """);
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        Admin(database, $"ALTER DATABASE {name} SET search_path = evil, public, pg_catalog");
        using (var index = PostgresImageIndex.Open(database)) Assert.Equal(10, Update(index).Added);
        using (var index = PostgresImageIndex.Open(database, new() { Hnsw = true, Approximate = true }))
        {
            Assert.Equal(10, Update(index).Kept);
            Assert.Equal(10, index.Search(new float[index.Origin!.Dimension], 20).Count);
        }
        using var embedder = Embedder.Open(run.Folder, new() { Normalize = true });
        using var again = PostgresImageIndex.Open(database);
        var first = Shapes.Open(10, 16).Train.Load(3);
        Assert.Equal(1, again.Search(embedder.Embed(first), 1)[0].Similarity, 1e-5);
        Assert.Equal(0L, Calls(database));
    }

    [Fact]
    public void Of_two_tables_of_indexes_the_users_own_is_taken_and_that_of_another_is_not()
    {
        var database = Shared();
        using (var index = PostgresImageIndex.Open(database)) Update(index);
        Mallory(database, "CREATE TABLE evil.simclr_indexes (id integer)");
        Refused(With(database, "evil, public"), "schemas evil (of mallory) and public (of owner)");
        using (var index = PostgresImageIndex.Open(With(database, "public, evil"))) Assert.Equal(10, index.Count);
    }

    [Theory]
    [InlineData("it's; a \"schema\" --")]
    [InlineData("Photos")]
    [InlineData("select")]
    [InlineData("a.b{0}, c\\")]
    public void Schemas_and_indexes_may_have_any_name(string schema)
    {
        var database = Shared();
        var quoted = $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Admin(database, $"CREATE SCHEMA {quoted}; DROP EXTENSION vector; CREATE EXTENSION vector SCHEMA {quoted}");
        var options = new PostgresIndexOptions { Name = "'; \"x\" {0} $1 --", Hnsw = true, Approximate = true };
        using var index = PostgresImageIndex.Open(With(database, quoted), options);
        Assert.Equal(10, Update(index).Added);
        Assert.Equal(10, index.Search(new float[index.Origin!.Dimension], 20).Count);
        Assert.Equal(2L, Admin(database, "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = "
            + $"'{schema.Replace("'", "''", StringComparison.Ordinal)}'"));
    }

    [Fact]
    public void Tables_of_earlier_versions_are_read_as_they_are_and_completed_by_the_next_update()
    {
        var database = Shared();
        using (var index = PostgresImageIndex.Open(database)) Update(index);
        Admin(database, "ALTER TABLE simclr_indexes DROP COLUMN preprocessing, DROP COLUMN use_views; "
            + "ALTER TABLE simclr_pictures_1 ADD tags text[]");
        using var old = PostgresImageIndex.Open(database);
        Assert.Equal((10, 1, 1), (old.Count, old.Origin!.Preprocessing, old.Origin.UseViews));
        Assert.Equal(10, old.Search(new float[old.Origin.Dimension], 20).Count);
        Update(old);
        Assert.Equal(10, old.Count);
        Assert.Equal(1L, Admin(database, "SELECT count(*) FROM pg_attribute WHERE attname = 'preprocessing'"));
        Assert.Equal(1L, Admin(database, "SELECT count(*) FROM pg_attribute WHERE attname = 'use_views'"));
    }

    [Fact]
    public void A_search_without_pgvector_says_so()
    {
        var database = Shared();
        using var index = PostgresImageIndex.Open(database);
        Update(index);
        Admin(database, "DROP EXTENSION vector CASCADE");
        Assert.Contains("has no pgvector",
            Assert.Throws<EmbeddingException>(() => index.Search(new float[index.Origin!.Dimension], 1)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_rights_that_the_documentation_grants_are_enough_and_no_more()
    {
        var database = Shared();
        var text = File.ReadAllText(Path.Combine(RealData.RepositoryRoot, "docs", "postgres.md"));
        Admin(database, "DROP EXTENSION vector");
        Admin(database, text.Split("```sql\n")[1].Split("```")[0]);
        Admin(database, $"ALTER ROLE indexer PASSWORD '{Password}'; ALTER ROLE searcher PASSWORD '{Password}'");
        using var indexer = PostgresImageIndex.Open(With(As(database, "indexer"), "simclr"), new() { Hnsw = true });
        Assert.Equal(10, Update(indexer).Added);
        Assert.Equal(10, Update(indexer).Kept);
        using (var embedder = Embedder.Open(run.Folder, new() { Normalize = true, ImageSize = 24 })) // makes the tables anew
            Assert.Equal(10, indexer.Update(embedder, IndexOrigin.Of(embedder), [Shapes.Open(10, 24).Train]).Added);
        using var searcher = PostgresImageIndex.Open(With(As(database, "searcher"), "simclr"));
        Assert.Equal(10, searcher.Search(new float[searcher.Origin!.Dimension], 20).Count);
        Assert.Contains("simclr.simclr_indexes, which belongs to indexer, is not that of searcher",
            Assert.Throws<EmbeddingException>(() => Update(searcher)).Message, StringComparison.Ordinal);
        var denied = Assert.Throws<PostgresException>(() =>
            PostgresServer.Run(As(database, "searcher"), "DELETE FROM simclr.simclr_pictures_2"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
        using var elsewhere = PostgresImageIndex.Open(With(As(database, "searcher"), "simclr"), new() { Name = "new" });
        Assert.Throws<EmbeddingException>(() => Update(elsewhere));
    }

    /// <summary>A run whose encoder all tests of the class use.</summary>
    public sealed class OneRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public OneRun()
        {
            TorchRuntime.EnsureLoaded();
            TrainedLook.Run(new()
            {
                Model = new() { Width = 0.25, ImageSize = 16, Normalization = NormalizationKind.Cifar10 },
            }, Folder);
        }

        public string Folder => _folder.At("run");

        public void Dispose() => _folder.Dispose();
    }

    // A database with pgvector in which mallory may create things, in a schema of his own and in public.
    private string Shared()
    {
        server.RequireVector();
        var database = server.Database();
        Role(database, "mallory");
        Admin(database, "CREATE EXTENSION vector SCHEMA public; GRANT CREATE, USAGE ON SCHEMA public TO mallory; "
            + "CREATE SCHEMA evil AUTHORIZATION mallory");
        Mallory(database, "CREATE SEQUENCE evil.calls; GRANT USAGE ON SCHEMA evil TO PUBLIC; GRANT ALL ON evil.calls TO PUBLIC; "
            + "CREATE FUNCTION evil.call() RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT nextval('evil.calls') > 0 $$");
        return database;
    }

    private static string Role(string database, string name)
    {
        Admin(database, $"DO $$ BEGIN CREATE ROLE {name} LOGIN PASSWORD '{Password}'; "
            + "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        return As(database, name);
    }

    private static string As(string database, string user) =>
        new NpgsqlConnectionStringBuilder(database) { Username = user, Password = Password }.ConnectionString;

    private static string With(string database, string path) =>
        new NpgsqlConnectionStringBuilder(database) { SearchPath = path }.ConnectionString;

    private static void Mallory(string database, string statements) =>
        PostgresServer.Run(With(As(database, "mallory"), "pg_catalog"), statements);

    // A path without what is planted, so that the test itself calls none of it.
    private static object? Admin(string database, string statements) =>
        PostgresServer.Run(With(database, "pg_catalog, public"), statements);

    private static object? Calls(string database) => Admin(database, CountCalls);

    private static void Refused(string database, string words)
    {
        var e = Assert.Throws<EmbeddingException>(() => PostgresImageIndex.Open(database));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private IndexUpdate Update(IImageIndex index)
    {
        using var embedder = Embedder.Open(run.Folder, new() { Normalize = true });
        return index.Update(embedder, IndexOrigin.Of(embedder), [Shapes.Open(10, 16).Train]);
    }
}
