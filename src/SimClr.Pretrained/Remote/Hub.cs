using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace SimClr.Pretrained;

/// <summary>Fetches files of a model from a Hugging Face hub into the cache that all its programs share.</summary>
/// <param name="client">Makes the requests.</param>
/// <param name="places">The hub and the cache.</param>
internal sealed class Hub(HttpClient client, HubPlaces places)
{
    private const long MaxAnswer = 16 << 20;

    /// <summary>The time to wait before another attempt.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A file that came, or was there.</summary>
    /// <param name="Path">Where it is.</param>
    /// <param name="Commit">The commit that it is of.</param>
    /// <param name="Name">Its name in the model.</param>
    /// <param name="License">The model's license; null where it is not known, as without a network.</param>
    /// <param name="Config">Where the model's <c>config.json</c> is; null where it has none.</param>
    internal sealed record Fetched(string Path, string Commit, string Name, string? License, string? Config);

    /// <summary>The weights of a model, from the cache where they are there.</summary>
    /// <exception cref="PretrainedException">They cannot be had.</exception>
    public async Task<Fetched> WeightsAsync(HubAddress address, IProgress<string>? progress, CancellationToken cancellation)
    {
        if (places.IsOffline || HubPlaces.IsCommit(address.Revision))
            if (Kept(address) is { } kept) return kept;
        if (places.IsOffline)
            throw new PretrainedException($"{address.Model} is not in {places.Cache}, and HF_HUB_OFFLINE forbids to fetch it.");
        HubModel model;
        try
        {
            model = await DescribeAsync(address, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.StatusCode is null && Kept(address) is { } kept)
        {
            progress?.Report($"{places.Endpoint.Host} cannot be reached; {address.Model} is taken from {places.Cache}");
            return kept;
        }
        catch (HttpRequestException e)
        {
            throw new PretrainedException(Refusal(address, e), e);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new PretrainedException($"{places.Endpoint.Host} gives no description of {address.Model}: {e.Message}", e);
        }
        var weights = model.WeightsOf(address);
        var size = weights.Bytes is { } bytes ? $"{bytes / 1e6:0.0} MB" : "size not told";
        var license = model.License ?? "not named";
        progress?.Report(FormattableString.Invariant(
            $"{address.Model}: {weights.Name}, {size}, license {license}, from {places.Endpoint.Host}"));
        try
        {
            var path = await GetAsync(address, model, weights, progress, cancellation).ConfigureAwait(false);
            var config = model.Files.FirstOrDefault(file => file.Name == "config.json");
            var described = config is { Bytes: not > MaxAnswer }
                ? await GetAsync(address, model, config, null, cancellation).ConfigureAwait(false)
                : null;
            Remember(address, model.Commit);
            return new(path, model.Commit, weights.Name, model.License, described);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedException(
                $"{address.Model} cannot be kept in {places.Cache}: {e.Message}; HF_HOME can name another folder.", e);
        }
    }

    private string Refusal(HubAddress address, HttpRequestException e) => e.StatusCode switch
    {
        HttpStatusCode.NotFound => $"{places.Endpoint.Host} has no {address.Model} with a revision {address.Revision}.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"{places.Endpoint.Host} does not give {address.Model} to "
            + "everybody, or has none; HF_TOKEN names who is asking.",
        _ => $"{address.Model} cannot be fetched from {places.Endpoint.Host}: {e.Message.TrimEnd('.')}; nothing of it is in "
            + $"{places.Cache}.",
    };

    private async Task<HubModel> DescribeAsync(HubAddress address, CancellationToken cancellation)
    {
        var about = new Uri(places.Endpoint,
            $"api/models/{address.Model}/revision/{Uri.EscapeDataString(address.Revision)}?blobs=true");
        using var request = new HttpRequestMessage(HttpMethod.Get, about);
        if (places.Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", places.Token);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentLength > MaxAnswer) throw new InvalidDataException("its answer is too long");
        await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellation).ConfigureAwait(false);
        return HubModel.Read(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>A file of a commit, which is fetched where it is not there.</summary>
    private async Task<string> GetAsync(HubAddress address, HubModel model, HubModel.Entry file, IProgress<string>? progress,
        CancellationToken cancellation)
    {
        var snapshot = Snapshot(address, model.Commit, file.Name);
        if (File.Exists(snapshot)) return snapshot;
        var blob = Path.Combine(places.FolderOf(address), "blobs", file.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);
        if (!File.Exists(blob))
        {
            var name = string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString));
            var remote = new RemoteFile(client, new(places.Endpoint, $"{address.Model}/resolve/{model.Commit}/{name}"),
                file.Bytes, file.Sha256)
            {
                Token = places.Token,
                Pause = Pause,
            };
            await remote.FetchAsync(blob, progress, cancellation).ConfigureAwait(false);
        }
        Link(snapshot, blob);
        return snapshot;
    }

    /// <summary>A link as Hugging Face's programs make them; where there can be none, the file itself.</summary>
    private static void Link(string snapshot, string blob)
    {
        try
        {
            File.CreateSymbolicLink(snapshot, Path.GetRelativePath(Path.GetDirectoryName(snapshot)!, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            if (!File.Exists(snapshot)) File.Move(blob, snapshot); // Windows without the right to make links
        }
    }

    private void Remember(HubAddress address, string commit)
    {
        if (HubPlaces.IsCommit(address.Revision)) return;
        var reference = Path.Combine(places.FolderOf(address), "refs", address.Revision);
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        File.WriteAllText(reference, commit);
    }

    /// <summary>The weights of a revision as they were fetched before; null where they were not.</summary>
    private Fetched? Kept(HubAddress address)
    {
        if (places.CommitOf(address) is not { } commit) return null;
        var folder = Snapshot(address, commit, "");
        if (!Directory.Exists(folder)) return null;
        var names = address.File is { } named ? [named]
            : Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).ToList();
        var name = names.Contains("model.safetensors") ? "model.safetensors" : names.Count == 1 ? names[0] : null;
        if (name is null || !File.Exists(Snapshot(address, commit, name))) return null;
        var config = Snapshot(address, commit, "config.json");
        return new(Snapshot(address, commit, name), commit, name, null, File.Exists(config) ? config : null);
    }

    private string Snapshot(HubAddress address, string commit, string name) =>
        Path.Combine(places.FolderOf(address), "snapshots", commit, name);
}
