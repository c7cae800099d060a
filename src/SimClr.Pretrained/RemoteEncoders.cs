using SimClr.Runs;

namespace SimClr.Pretrained;

/// <summary>Encoders that others published on a Hugging Face hub or under an address of their own.</summary>
/// <remarks>
/// A file of a hub is kept where Hugging Face's own programs keep it, and fetched once for all of them: <c>HF_ENDPOINT</c>,
/// <c>HF_HOME</c>, <c>HF_HUB_CACHE</c>, <c>HF_TOKEN</c> and <c>HF_HUB_OFFLINE</c> are obeyed. What is cut off is continued, in
/// the next call too.
/// </remarks>
public static class RemoteEncoders
{
    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(20),
    })
    {
        Timeout = TimeSpan.FromMinutes(2), // until the answer begins
        DefaultRequestHeaders = { { "User-Agent", $"SimCLR.NET/{RunConfig.CurrentVersion}" } },
    });

    /// <summary>Whether a word is an address that this class fetches: <c>hf:</c>, <c>https://</c> or <c>http://</c>.</summary>
    public static bool IsAddress(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.StartsWith(HubAddress.Scheme, StringComparison.Ordinal)
            || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || word.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Fetches a file with a ResNet and makes a run folder of it.</summary>
    /// <param name="address">
    /// <c>hf:OWNER/NAME</c>, with <c>@REVISION</c> (a branch, tag or commit) and <c>:FILE</c> where wanted; or the address of a
    /// safetensors or ONNX file.
    /// </param>
    /// <param name="runFolder">A folder that holds no run yet.</param>
    /// <param name="sha256">
    /// The SHA-256 that the file must have, 64 hexadecimal digits; without a hub there must be one. The hub's own is checked too.
    /// </param>
    /// <param name="options">
    /// Properties that the file does not state; of a hub's model also those that its <c>config.json</c> does not state.
    /// </param>
    /// <param name="progress">Is told what is fetched, its size and license first.</param>
    /// <param name="cancellation">Stops it; what has come stays, to be continued.</param>
    /// <returns>The run. Its origin records address, commit, SHA-256 and license.</returns>
    /// <exception cref="PretrainedException">It cannot be had, or it is another file.</exception>
    /// <exception cref="SimClr.Models.WeightsException">The file holds no network that is known here.</exception>
    /// <exception cref="RunFolderException">The folder holds a run already or cannot be written.</exception>
    public static Task<ImportedRun> ImportAsync(string address, string runFolder, string? sha256 = null,
        ImportOptions? options = null, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        ImportAsync(
            Client.Value, Environment.GetEnvironmentVariable, address, runFolder, sha256, options, progress, cancellation);

    /// <summary>The same with the requests and the environment of somebody else.</summary>
    internal static async Task<ImportedRun> ImportAsync(HttpClient client, Func<string, string?> variable, string address,
        string runFolder, string? sha256, ImportOptions? options, IProgress<string>? progress, CancellationToken cancellation,
        TimeSpan? pause = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (sha256 is not null && !(sha256.Length == 64 && sha256.All(char.IsAsciiHexDigit)))
            throw new PretrainedException($"'{sha256}' is no SHA-256, which has 64 hexadecimal digits.");
        RunFolder.RequireUnused(runFolder);
        options ??= new ImportOptions();
        var wait = pause ?? TimeSpan.FromSeconds(2);
        if (!address.StartsWith(HubAddress.Scheme, StringComparison.Ordinal))
            return await ImportFileAsync(client, address, runFolder, sha256, options, progress, wait, cancellation)
                .ConfigureAwait(false);
        var model = HubAddress.Parse(address);
        var hub = new Hub(client, HubPlaces.Of(variable)) { Pause = wait };
        var fetched = await hub.WeightsAsync(model, progress, cancellation).ConfigureAwait(false);
        if (sha256 is not null) await RequireHashAsync(fetched.Path, address, sha256, cancellation).ConfigureAwait(false);
        if (fetched.Config is { } config) options = HubConfig.Complete(options, config);
        return RunWeights.Import(fetched.Path, runFolder, options with
        {
            Source = $"{HubAddress.Scheme}{model.Model}@{fetched.Commit}:{fetched.Name}",
            License = fetched.License,
        });
    }

    private static async Task<ImportedRun> ImportFileAsync(HttpClient client, string address, string runFolder, string? sha256,
        ImportOptions options, IProgress<string>? progress, TimeSpan pause, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new PretrainedException($"'{address}' is no address.");
        if (uri.UserInfo != "") throw new PretrainedException("An address with a password is not fetched.");
        if (sha256 is null)
            throw new PretrainedException(
                $"{address} may hold another file tomorrow; its SHA-256 must be given, so that it is the one that you mean.");
        var extension = Path.GetExtension(uri.AbsolutePath);
        var kept = Path.Combine(EncoderCache.Folder, "..", "fetched", sha256.ToLowerInvariant() + extension);
        try
        {
            kept = Path.GetFullPath(kept);
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            var remote = new RemoteFile(client, uri, bytes: null, sha256) { Pause = pause };
            await remote.FetchAsync(kept, progress, cancellation).ConfigureAwait(false);
            return RunWeights.Import(kept, runFolder, options with { Source = uri.GetLeftPart(UriPartial.Path) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedException($"{address} cannot be kept in {Path.GetDirectoryName(kept)}: {e.Message}; "
                + $"{EncoderCache.Variable} can name another folder.", e);
        }
        finally
        {
            if (File.Exists(kept)) File.Delete(kept); // the run has a copy
        }
    }

    private static async Task RequireHashAsync(string path, string address, string sha256, CancellationToken cancellation)
    {
        var hash = await RemoteFile.HashAsync(path, cancellation).ConfigureAwait(false);
        if (!string.Equals(hash, sha256, StringComparison.OrdinalIgnoreCase))
            throw new PretrainedException($"{address} has the SHA-256 {hash}, not {sha256}.");
    }
}
