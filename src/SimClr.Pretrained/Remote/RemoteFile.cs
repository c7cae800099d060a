using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace SimClr.Pretrained;

/// <summary>A file on a server that is fetched whole, in several attempts if need be.</summary>
/// <param name="client">Makes the requests.</param>
/// <param name="address">Where it is.</param>
/// <param name="bytes">Its size; null: as the server says.</param>
/// <param name="sha256">Its SHA-256, 64 hexadecimal digits; null: not known.</param>
internal sealed class RemoteFile(HttpClient client, Uri address, long? bytes, string? sha256)
{
    /// <summary>Nothing larger is fetched: the largest ResNets have a tenth of it.</summary>
    public const long MaxBytes = 8L << 30;

    private const int Attempts = 5;

    /// <summary>The secret that the server wants to know, if any; no other server is told.</summary>
    public string? Token { get; init; }

    /// <summary>The time to wait before another attempt.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Fetches it. What an earlier attempt left beside the place, with <c>.incomplete</c> behind the name, is continued.
    /// </summary>
    /// <param name="path">The place.</param>
    /// <param name="progress">Is told where it stands.</param>
    /// <param name="cancellation">Stops it; what has come stays, to be continued.</param>
    /// <returns>The SHA-256 of the file.</returns>
    /// <exception cref="PretrainedException">It cannot be had, or it is another one.</exception>
    public async Task<string> FetchAsync(string path, IProgress<string>? progress, CancellationToken cancellation)
    {
        var partial = path + ".incomplete";
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(partial, progress, cancellation).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (attempt < Attempts && IsPassing(e) && !cancellation.IsCancellationRequested)
            {
                progress?.Report($"{address.Host} was cut off ({Reason(e)}); going on");
                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new PretrainedException($"{address} cannot be fetched: {Reason(e)}", e);
            }
        }
        var hash = await HashAsync(partial, cancellation).ConfigureAwait(false);
        if (sha256 is not null && !string.Equals(hash, sha256, StringComparison.OrdinalIgnoreCase))
        {
            File.Delete(partial);
            throw new PretrainedException(
                $"{address} has the SHA-256 {hash}, not {sha256}; it is another file, and it is not kept.");
        }
        File.Move(partial, path, overwrite: true);
        return hash;
    }

    /// <summary>The SHA-256 of a file.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
    }

    private async Task ContinueAsync(string partial, IProgress<string>? progress, CancellationToken cancellation)
    {
        var have = File.Exists(partial) ? new FileInfo(partial).Length : 0;
        if (bytes is { } whole && have == whole) return;
        if (bytes is { } most && have > most) have = 0; // of another file
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(partial);
            throw new IOException("what had come does not fit; it begins anew");
        }
        response.EnsureSuccessStatusCode();
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!goesOn) have = 0; // the server sends all of it
        var total = bytes ?? (response.Content.Headers.ContentLength is { } rest ? have + rest : null);
        if (total > MaxBytes) throw new PretrainedException($"{address} has {total} bytes; no encoder is so large.");
        if (bytes is null && have == 0) // nobody has said it yet
        {
            var size = total is { } all ? FormattableString.Invariant($"{all / 1e6:0.0} MB") : "size not told";
            progress?.Report($"{address.AbsolutePath.Split('/')[^1]}, {size}, from {address.Host}");
        }
        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var file = new FileStream(partial, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        await CopyAsync(stream, file, have, total, progress, cancellation).ConfigureAwait(false);
    }

    private async Task CopyAsync(Stream from, FileStream to, long have, long? total, IProgress<string>? progress,
        CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        var told = have;
        while (true)
        {
            var read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (read == 0) break;
            have += read;
            if (have > (total ?? MaxBytes))
                throw new PretrainedException($"{address} sends more than the {total ?? MaxBytes} bytes that it may have.");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            if (have - told < 10_000_000) continue;
            told = have;
            progress?.Report($"{have / 1_000_000} of {total / 1_000_000} MB");
        }
        if (total is { } expected && have < expected) throw new IOException($"{have} of {expected} bytes came");
    }

    // Refusals last; a connection that breaks and a server that is busy may be better a little later.
    private static bool IsPassing(Exception e) => e switch
    {
        HttpRequestException { StatusCode: { } status } => (int)status >= 500 || status == HttpStatusCode.TooManyRequests,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => false,
        HttpRequestException { InnerException: System.Net.Sockets.SocketException } => false, // nobody is there
        HttpRequestException or IOException => true,
        _ => false,
    };

    private static string Reason(Exception e) => e switch
    {
        HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } =>
            "the server wants a token, or refuses this one",
        HttpRequestException { StatusCode: HttpStatusCode.NotFound } => "there is no such file",
        _ => e.Message.TrimEnd('.'),
    };
}
