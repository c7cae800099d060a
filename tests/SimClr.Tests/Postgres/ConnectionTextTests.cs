using SimClr.Features;
using SimClr.Postgres;
using SimClr.Search;

namespace SimClr.Tests.Postgres;

public sealed class ConnectionTextTests
{
    [Fact]
    public void Uris_say_what_npgsqls_form_says()
    {
        var settings = ConnectionText.Parse(
            "postgresql://a%40b:p%3Ass%2Fw@db.example:5433/my%20photos?sslmode=verify-full&connect_timeout=7"
            + "&application_name=mine");
        Assert.Equal(("a@b", "p:ss/w", "db.example", 5433, "my photos", 7, "mine", Npgsql.SslMode.VerifyFull), (settings.Username,
            settings.Password, settings.Host, settings.Port, settings.Database, settings.Timeout, settings.ApplicationName,
                settings.SslMode));
        Assert.Equal("database my photos at db.example:5433", ConnectionText.Place(settings));
        var socket = ConnectionText.Parse("postgres:///photos?host=/var/run/postgresql");
        Assert.Equal(("/var/run/postgresql", "photos"), (socket.Host, socket.Database));
        Assert.Equal("::1", ConnectionText.Parse("postgresql://[::1]/photos").Host);
    }

    [Fact]
    public void Vectors_may_take_their_time_unless_the_text_says_otherwise()
    {
        Assert.Equal(0, ConnectionText.Parse("Host=db;Database=d").CommandTimeout);
        Assert.Equal(9, ConnectionText.Parse("Host=db;Database=d;Command Timeout=9").CommandTimeout);
    }

    [Theory]
    [InlineData("Host=db;Secret piece")]
    [InlineData("Host=db;Secret=piece")]
    [InlineData("Host=db;Port=Secret")]
    [InlineData("postgresql://u@db/d?Secret=piece")]
    [InlineData("postgresql://u:Secret@:x/d")]
    [InlineData("Database=Secret")]
    [InlineData("pgsql://u:Secret@db/d")]
    [InlineData("postgresql+x://u:Secret@db/d")]
    [InlineData("postgresql://me:12/Secret@db/photos")]
    [InlineData("postgresql://me:a@Secret@db/photos")]
    [InlineData("postgresql://me:1?Secret@db/photos")]
    public void What_is_not_understood_is_not_repeated(string text)
    {
        var e = Assert.Throws<EmbeddingException>(() => ConnectionText.Parse(text));
        Assert.DoesNotContain("secret", e.ToString().Split(" at SimClr")[0], StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("pictures.index", false)]
    [InlineData("/tmp/Host of images", false)]
    [InlineData("~/server=old/pictures.index", false)]
    [InlineData("Host=db;Database=photos", true)]
    [InlineData("Database=photos; host = db", true)]
    [InlineData("Server=db", true)]
    [InlineData("postgres://db/photos", true)]
    [InlineData("postgresql://db/photos", true)]
    [InlineData("pgsql://db/photos", true)]
    [InlineData("Database=photos;Username=me;Password=secret", true)]
    [InlineData("dbname=photos user=me password=secret", true)]
    [InlineData("PICTURES;Pwd=secret", true)]
    [InlineData(@"C:\images\my.index", false)]
    [InlineData("shapes:200", false)]
    [InlineData("cifar10:/data/cifar-10-batches-bin", false)]
    [InlineData("label=cat/1.png", false)]
    public void Connection_strings_are_told_from_files(string place, bool isConnection) =>
        Assert.Equal(isConnection, ConnectionWords.AreIn(place));
}
