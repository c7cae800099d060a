using System.Net;

namespace SimClr.Server;

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
            throw new ServerException("--certificate-key needs --certificate.");
        if (options.Token is { } token) CheckToken(token);
        if (options.Token is not null && options.AllowWithoutToken)
            throw new ServerException("There is a token and --no-token; leave out one of them.");
        if (options.Token is not null || options.AllowWithoutToken) return;
        var way = options.PublicNames.Count > 0 ? "--public-name"
            : IPAddress.IsLoopback(options.Address()) ? null : $"--listen {options.Listen}";
        if (way is not null)
            throw new ServerException($"With {way} others than this machine can ask; give --token-file FILE with a secret that "
                + "they must know, or --no-token where a proxy or a firewall checks who asks.");
    }

    /// <summary>The address of a trusted proxy.</summary>
    /// <exception cref="ServerException">It is none.</exception>
    public static IPAddress AddressOf(string proxy) => IPAddress.TryParse(proxy, out var address) ? address
        : throw new ServerException($"--trusted-proxy takes an IP address, not '{proxy}'.");

    private static void CheckToken(string token)
    {
        if (token.Length is < ShortestToken or > LongestToken || token.Any(letter => letter is <= ' ' or > '~'))
            throw new ServerException($"A token has {ShortestToken} to {LongestToken} printable ASCII characters without spaces; "
                + "'openssl rand -hex 32' makes one.");
    }
}
