using SimClr.Cli;
using SimClr.Features;
using SimClr.Search;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Passwords in connection strings are in no message and in no name of a file.</summary>
public sealed class MisplacedConnectionTests
{
    private const string Address = "postgresql://me:Secret@db/photos", Keywords = "Database=photos;Username=me;Password=Secret";

    public static TheoryData<string[]> Lines => [.. Commands().Select(line => line.Split(' '))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void What_takes_no_connection_string_refuses_it_without_a_word_of_it(string[] line)
    {
        foreach (var secret in new[] { Address, Keywords, "pgsql://me:Secret@db", "postgresql+x://me:Secret@db:x/y" })
        {
            var words = MisplacedConnection.Find(CommandLine.Parse([.. line.Select(word => word.Replace("SECRET", secret))]));
            Assert.NotNull(words);
            Assert.DoesNotContain("Secret", words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Indexes_understand_them()
    {
        foreach (var line in new[] { "index run images --out SECRET", "index run images --out=SECRET --name x",
            "search SECRET a.png" })
            Assert.Null(MisplacedConnection.Find(CommandLine.Parse([.. line.Split(' ')
                .Select(word => word.Replace("SECRET", Address))])));
        Assert.Null(MisplacedConnection.Find(CommandLine.Parse(["duplicates", "pictures.index", "--out", "groups.csv"])));
    }

    [Theory]
    [InlineData(1, "index", "RUN", "shapes:20", "--out", "pgsql://me:Secret@db/d")]
    [InlineData(1, "search", "postgresql://me:12/Secret@db/photos", "a.png")]
    [InlineData(2, "serve", Address)]
    [InlineData(2, "embed", "run", "shapes:20", "--out", Keywords)]
    public async Task No_message_repeats_one_and_no_file_is_called_like_it(int code, params string[] line)
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        if (line.Contains("RUN"))
            Pretrainer.Run(new()
            {
                Model = new() { Width = 0.25, ImageSize = 8 },
                BatchSize = 10,
                Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            }, "shapes:20", run);
        string[] args = [.. line.Select(word => word == "RUN" ? run : word)];
        using var process = CliProcess.Start(args, folder.FullPath, ("SIMCLR_DEBUG", "1"));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(code, process.ExitCode);
        Assert.DoesNotContain("Secret", await output + await error, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(folder.FullPath),
            entry => entry.Contains("Secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_index_is_not_called_like_one()
    {
        Assert.Throws<EmbeddingException>(() => FileImageIndex.Open(Keywords));
        Assert.DoesNotContain("Secret", Assert.Throws<EmbeddingException>(() => IndexFile.Read(Address)).Message,
            StringComparison.Ordinal);
    }

    private static IEnumerable<string> Commands() =>
    [
        "serve SECRET", "duplicates SECRET", "duplicates x.index --out SECRET", "outliers SECRET --page p.html", "info SECRET",
        "classify SECRET a.png", "classify c.safetensors SECRET", "embed run data --out SECRET", "embed SECRET data --out v.npy",
        "train-classifier run data --out SECRET", "export run --out SECRET", "import SECRET --out run",
        "pretrain SECRET --out run",
        "pretrain data --out SECRET", "pretrain --resume SECRET", "pretrain data --out run --config SECRET",
        "evaluate linear run SECRET",
        "evaluate finetune run data --labels SECRET", "search x.index SECRET", "search x.index a.png --sheet SECRET",
        "index SECRET data --out x.index", "index run SECRET --out x.index", "study SECRET data --out s", "SECRET",
        "index --wrong=SECRET",
        "serve x.index SECRET", "preview SECRET", "bench SECRET",
    ];
}
