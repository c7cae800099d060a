using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SimClr.Models;
using SimClr.Native;
using SimClr.Pretrained;
using SimClr.Runs;
using SimClr.Settings;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Runs;

/// <summary>Encoders from a hub, here one of our own: pinned, checked, continued, kept, and taken without a network.</summary>
public sealed class RemoteEncodersTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _words = [];
    private readonly byte[] _weights;
    private readonly string _hash;
    private readonly SmallHub _hub = new();

    public RemoteEncodersTests()
    {
        TorchRuntime.EnsureLoaded();
        using var network = TrainedLook.Encoder(new() { Width = 0.25, Stem = StemKind.ImageNet });
        ModuleWeights.Save(network, _folder.At("w.safetensors"), new Dictionary<string, string>());
        _weights = File.ReadAllBytes(_folder.At("w.safetensors"));
        _hash = Convert.ToHexStringLower(SHA256.HashData(_weights));
        _hub.Files["model.safetensors"] = _weights;
        Configure("""
            {"architecture": "resnet18",
             "pretrained_cfg": {"input_size": [3, 96, 96], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}
            """);
        Describe();
    }

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_model_becomes_a_run_that_names_its_commit_hash_and_license()
    {
        var imported = await Import("hf:timm/small");
        var config = RunFolder.Open(_folder.At("run")).ReadConfig();
        Assert.Equal(imported.Origin, config.InitialWeights);
        Assert.Equal(($"hf:timm/small@{Commit}:model.safetensors", "apache-2.0", _hash),
            (config.InitialWeights!.Source, config.InitialWeights.License, config.InitialWeights.Sha256));
        Assert.Equal((96, NormalizationKind.Half), (config.Options.Model.ImageSize.Last, config.Options.Model.Normalization));
        Assert.Matches(@"^timm/small: model\.safetensors, \d+\.\d MB, license apache-2\.0, from hub\.test$", _words[0]);
        // As Hugging Face's own programs keep it.
        var kept = _folder.At($"hf/hub/models--timm--small/snapshots/{Commit}/model.safetensors");
        Assert.Equal(_weights, File.ReadAllBytes(kept));
        Assert.Equal(Commit, File.ReadAllText(_folder.At("hf/hub/models--timm--small/refs/main")));
        Assert.Equal(_weights, File.ReadAllBytes(_folder.At($"hf/hub/models--timm--small/blobs/{_hash}")));
    }

    [Fact]
    public async Task What_is_kept_is_not_fetched_again_and_serves_without_a_network()
    {
        await Import("hf:timm/small");
        var asked = _hub.Asked.Count;
        Directory.Delete(_folder.At("run"), recursive: true);
        await Import("hf:timm/small");
        Assert.Equal(asked + 1, _hub.Asked.Count); // which commit main is, and no more
        Directory.Delete(_folder.At("run"), recursive: true);
        await Import($"hf:timm/small@{Commit}"); // never changes
        Assert.Equal(asked + 1, _hub.Asked.Count);
        Directory.Delete(_folder.At("run"), recursive: true);
        _hub.IsAway = true;
        var imported = await Import("hf:timm/small");
        Assert.Equal((96, NormalizationKind.Half), (imported.Options.Model.ImageSize.Last, imported.Options.Model.Normalization));
        Assert.Contains("cannot be reached", _words[^1], StringComparison.Ordinal);
        Assert.Contains("cannot be fetched", await Refused("hf:timm/other"), StringComparison.Ordinal);
        Assert.Contains("forbids", await Refused("hf:timm/other", ("HF_HUB_OFFLINE", "1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_continued()
    {
        _hub.CutAt = [_weights.Length / 3, _weights.Length / 2];
        await Import("hf:timm/small");
        Assert.Equal(["", $"bytes={_weights.Length / 3}-", $"bytes={_weights.Length / 2}-"],
            from asked in _hub.Asked
            where asked.Path.EndsWith(".safetensors", StringComparison.Ordinal)
            select asked.Range);
        Assert.Equal(2, _words.Count(word => word.Contains("was cut off", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_came_before_the_user_stopped_is_continued_the_next_time()
    {
        using var stop = new CancellationTokenSource();
        _hub.CutAt = [_weights.Length / 2];
        _hub.Cut = stop.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Import("hf:timm/small", cancellation: stop.Token));
        Assert.False(Directory.Exists(_folder.At("run")));
        await Import("hf:timm/small");
        Assert.Equal($"bytes={_weights.Length / 2}-", _hub.Asked.Last(asked => asked.Range != "").Range);
    }

    [Fact]
    public async Task A_server_that_knows_no_parts_sends_all_of_it_again()
    {
        _hub.CutAt = [_weights.Length / 2];
        _hub.KnowsParts = false;
        await Import("hf:timm/small");
        Assert.Equal(_hash, RunFolder.Open(_folder.At("run")).ReadConfig().InitialWeights!.Sha256);
    }

    [Fact]
    public async Task Another_file_than_the_promised_one_is_refused_and_not_kept()
    {
        _hub.Files["model.safetensors"] = [.. _weights.Reverse()];
        Assert.Contains("it is another file", await Refused("hf:timm/small"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.At("hf/hub/models--timm--small/blobs")));
        _hub.Files["model.safetensors"] = _weights;
        Assert.Contains("not 00", await Refused("hf:timm/small", sha256: new string('0', 64)), StringComparison.Ordinal);
        Assert.Contains("is no SHA-256", await Refused("hf:timm/small", sha256: "12"), StringComparison.Ordinal);
        _hub.Files["model.safetensors"] = [.. _weights, 0];
        Directory.Delete(_folder.At("hf"), recursive: true);
        Assert.Contains("sends more than", await Refused("hf:timm/small"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf:timm", "is no address of a model")]
    [InlineData("hf:../../etc", "is no address of a model")]
    [InlineData("hf:timm/small@/etc/passwd", "is no address of a model")]
    [InlineData("hf:timm/small@../x", "is no address of a model")]
    [InlineData("hf:timm/small:../../x.safetensors", "is no address of a model")]
    [InlineData("hf:timm/small:other.safetensors", "has no other.safetensors; there are model.safetensors, config.json")]
    [InlineData("hf:timm/none", "has no timm/none with a revision main")]
    public async Task An_address_that_leads_nowhere_is_refused_in_a_sentence(string address, string expected) =>
        Assert.Contains(expected, await Refused(address), StringComparison.Ordinal);

    [Fact]
    public async Task One_of_several_files_is_named()
    {
        _hub.Files.Clear();
        (_hub.Files["a.safetensors"], _hub.Files["b.safetensors"]) = (_weights, _weights);
        Describe();
        Assert.Contains("hf:timm/small:FILE, with FILE one of a.safetensors, b.safetensors", await Refused("hf:timm/small"),
            StringComparison.Ordinal);
        var imported = await Import("hf:timm/small:b.safetensors");
        Assert.EndsWith(":b.safetensors", imported.Origin.Source, StringComparison.Ordinal);
        Assert.Equal(NormalizationKind.ImageNet, imported.Options.Model.Normalization); // nothing says otherwise
    }

    [Fact]
    public async Task A_name_that_leads_out_of_the_cache_is_passed_over()
    {
        _hub.Files.Clear();
        _hub.Files["../../../../evil.safetensors"] = _weights;
        Describe();
        Assert.Contains("has no .safetensors file", await Refused("hf:timm/small"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.FullPath, "evil*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_normalization_that_is_not_known_here_is_named()
    {
        Configure("""{"input_size": [3, 96, 96], "mean": [0.1, 0.2, 0.3], "std": [1, 1, 1]}""");
        Describe();
        Assert.Contains("less 0.1, 0.2, 0.3, divided by 1, 1, 1", await Refused("hf:timm/small"), StringComparison.Ordinal);
        var imported = await Import("hf:timm/small", options: new() { Normalization = NormalizationKind.ImageNet });
        Assert.Equal(NormalizationKind.ImageNet, imported.Options.Model.Normalization);
    }

    [Fact]
    public async Task A_token_is_told_to_the_hub_alone()
    {
        await Import("hf:timm/small", variables: ("HF_TOKEN", "secret"));
        Assert.All(_hub.Asked, asked => Assert.Equal("Bearer secret", asked.Token));
        _hub.Asked.Clear();
        await Import("https://elsewhere.test/model.safetensors", _hash, run: "second", variables: ("HF_TOKEN", "secret"));
        Assert.All(_hub.Asked, asked => Assert.Equal("", asked.Token));
    }

    [Fact]
    public async Task A_web_address_needs_a_hash_and_the_run_names_where_it_came_from()
    {
        const string address = "https://elsewhere.test/files/model.safetensors?download=1";
        Assert.Contains("its SHA-256 must be given", await Refused(address), StringComparison.Ordinal);
        var imported = await Import(address, sha256: _hash.ToUpperInvariant());
        Assert.Equal(("https://elsewhere.test/files/model.safetensors", _hash), (imported.Origin.Source, imported.Origin.Sha256));
        Assert.Matches(@"^model\.safetensors, \d+\.\d MB, from elsewhere\.test$", _words[0]);
        Assert.Contains("it is another file", await Refused(address, sha256: new string('0', 64)), StringComparison.Ordinal);
    }

    private void Configure(string json) => _hub.Files["config.json"] = System.Text.Encoding.UTF8.GetBytes(json);

    private void Describe()
    {
        static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
        var files = _hub.Files.Select(file => new JsonObject
        {
            ["rfilename"] = file.Key,
            ["size"] = file.Value.Length,
            ["blobId"] = Hash(file.Value)[..40],
            ["lfs"] = file.Key.EndsWith(".json", StringComparison.Ordinal) ? null
                : new JsonObject { ["sha256"] = Hash(file.Value), ["size"] = file.Value.Length },
        });
        _hub.Description = new JsonObject
        {
            ["sha"] = Commit,
            ["cardData"] = new JsonObject { ["license"] = "apache-2.0" },
            ["siblings"] = new JsonArray([.. files]),
        }.ToJsonString();
    }

    private async Task<ImportedRun> Import(
        string address, string? sha256 = null, ImportOptions? options = null, string run = "run",
        CancellationToken cancellation = default, params (string Name, string Value)[] variables)
    {
        var said = variables.Append(("HF_HOME", _folder.At("hf"))).Append(("HF_ENDPOINT", "https://hub.test"))
            .ToDictionary(variable => variable.Item1, variable => variable.Item2);
        using var client = new HttpClient(_hub, disposeHandler: false);
        return await RemoteEncoders.ImportAsync(client, said.GetValueOrDefault, address, _folder.At(run), sha256, options,
            new Said(_words), cancellation, TimeSpan.Zero);
    }

    private async Task<string> Refused(string address, params (string Name, string Value)[] variables) =>
        (await Assert.ThrowsAsync<PretrainedException>(() => Import(address, run: "refused", variables: variables))).Message;

    private async Task<string> Refused(string address, string sha256) =>
        (await Assert.ThrowsAsync<PretrainedException>(() => Import(address, sha256, run: "refused"))).Message;

    private sealed class Said(List<string> words) : IProgress<string>
    {
        public void Report(string value) => words.Add(value);
    }

    /// <summary>A hub with one model, <c>timm/small</c>, without sockets.</summary>
    private sealed class SmallHub : HttpMessageHandler
    {
        public Dictionary<string, byte[]> Files { get; } = [];

        public string Description { get; set; } = "";

        public List<(string Path, string Range, string Token)> Asked { get; } = [];

        public Queue<int> CutsLeft { get; private set; } = [];

        /// <summary>After how many bytes of the whole file the connection breaks, in turn.</summary>
        public int[] CutAt { set => CutsLeft = new(value); }

        public Action? Cut { get; set; }

        public bool KnowsParts { get; set; } = true;

        public bool IsAway { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (IsAway) throw new HttpRequestException("no route", new System.Net.Sockets.SocketException());
            var path = request.RequestUri!.AbsolutePath;
            Asked.Add((path, $"{request.Headers.Range}", $"{request.Headers.Authorization}"));
            if (path == "/api/models/timm/small/revision/main") return Answer(new StringContent(Description));
            var name = path.Split('/')[^1];
            if (!Files.TryGetValue(name, out var bytes) || path.Contains("/none", StringComparison.Ordinal))
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
            var from = KnowsParts ? (int)(request.Headers.Range?.Ranges.Single().From ?? 0) : 0;
            var cut = 0;
            var isCut = name.EndsWith(".safetensors", StringComparison.Ordinal) && CutsLeft.TryDequeue(out cut);
            var end = isCut ? cut : bytes.Length;
            var content = new StreamContent(new Broken(bytes[from..end], isCut, Cut));
            content.Headers.ContentLength = bytes.Length - from;
            if (from > 0) content.Headers.ContentRange = new ContentRangeHeaderValue(from, bytes.Length - 1, bytes.Length);
            return Answer(content, from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
        }

        private static Task<HttpResponseMessage> Answer(HttpContent content, HttpStatusCode status = HttpStatusCode.OK) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = content });
    }

    /// <summary>A stream that ends with an error where the connection breaks.</summary>
    private sealed class Broken(byte[] bytes, bool breaks, Action? cut) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            if (read > 0 || !breaks) return read;
            cut?.Invoke();
            throw new IOException("the connection broke");
        }
    }
}
