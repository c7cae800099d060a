using System.Net;

namespace SimClr.AspNetCore;

/// <summary>Which options of access go together.</summary>
internal static class AccessRules
{
    private const int ShortestToken = 16, LongestToken = 512;

    /// <summary>
    /// Checks names, proxies, the token and the certificate, and that nobody is let in from beyond this machine by mistake.
    /// </summary>
    /// <exception cref="ServerException">Something is missing or cannot be understood; the message says what to do.</exception>
    public static void Check(ServerOptions options)
    {
        foreach (var name in options.PublicNames) PublicName.Parse(name);
        foreach (var proxy in options.TrustedProxies) AddressOf(proxy);
        if (options.CertificateKey is not null && options.Certificate is null)
            throw new ServerException($"{nameof(options.CertificateKey)} needs {nameof(options.Certificate)}.")
            {
                Setting = nameof(options.CertificateKey),
                Named = [nameof(options.CertificateKey), nameof(options.Certificate)],
            };
        if (options.Token is { } token) CheckToken(token);
        if (options.Token is not null && options.AllowWithoutToken)
            throw new ServerException($"There is a token and {nameof(options.AllowWithoutToken)}; leave out one of them.")
            {
                Setting = nameof(options.AllowWithoutToken),
            };
        if (options.Token is not null || options.AllowWithoutToken) return;
        var way = options.PublicNames.Count > 0 ? nameof(options.PublicNames)
            : IPAddress.IsLoopback(options.Address()) ? null : nameof(options.Listen);
        if (way is not null)
            throw new ServerException($"With {way}{(way == nameof(options.Listen) ? $" {options.Listen}" : "")} others than this "
                + $"machine can ask; give {nameof(options.Token)} with a secret that they must know, or "
                + $"{nameof(options.AllowWithoutToken)} where a proxy or a firewall checks who asks.")
            {
                Setting = way,
                Named = [way, nameof(options.Token), nameof(options.AllowWithoutToken)],
            };
    }

    /// <summary>The address of a trusted proxy.</summary>
    /// <exception cref="ServerException">It is none.</exception>
    public static IPAddress AddressOf(string proxy) => IPAddress.TryParse(proxy, out var address) ? address
        : throw new ServerException($"{nameof(ServerOptions.TrustedProxies)} takes an IP address, not '{proxy}'.")
        {
            Setting = nameof(ServerOptions.TrustedProxies),
        };

    private static void CheckToken(string token)
    {
        if (token.Length is < ShortestToken or > LongestToken || token.Any(letter => letter is <= ' ' or > '~'))
            throw new ServerException($"A token has {ShortestToken} to {LongestToken} printable ASCII characters without spaces; "
                + "'openssl rand -hex 32' makes one.")
            {
                Setting = nameof(ServerOptions.Token),
            };
    }
}
