using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace SimClr.AspNetCore;

/// <summary>The certificate of a server that speaks HTTPS.</summary>
internal static class ServerCertificate
{
    /// <summary>Reads the certificate that the options name.</summary>
    /// <returns>How to speak HTTPS, or null for HTTP.</returns>
    /// <exception cref="ServerException">A file cannot be read, or there is no private key.</exception>
    public static HttpsConnectionAdapterOptions? Read(ServerOptions options)
    {
        if (options.Certificate is not { } file) return null;
        try
        {
            var isPem = IsPem(file);
            var certificate = isPem
                ? FromPem(file, options.CertificateKey ?? file, options.CertificatePassword)
                : X509CertificateLoader.LoadPkcs12FromFile(file, options.CertificatePassword);
            if (!certificate.HasPrivateKey)
                throw new ServerException($"{nameof(options.Certificate)}: {file} holds no private key.")
                {
                    Setting = nameof(options.Certificate),
                    File = file,
                };
            var chain = new X509Certificate2Collection();
            if (isPem) chain.ImportFromPemFile(file);
            return new()
            {
                ServerCertificate = certificate,
                ServerCertificateChain = chain,
                HandshakeTimeout = TimeSpan.FromSeconds(5),
            };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"{nameof(options.Certificate)}: {file} and its key cannot be read: "
                + $"{e.Message.TrimEnd('.')}; give a PEM file with {nameof(options.CertificateKey)}, or a PFX file, and the "
                + $"password, if any, in {nameof(options.CertificatePassword)}.", e)
            {
                Setting = nameof(options.Certificate),
                File = file,
                Named = [nameof(options.Certificate), nameof(options.CertificateKey), nameof(options.CertificatePassword)],
            };
        }
    }

    private static bool IsPem(string file) => Path.GetExtension(file).ToUpperInvariant() is not (".PFX" or ".P12");

    private static X509Certificate2 FromPem(string file, string key, string? password)
    {
        var certificate = password is null
            ? X509Certificate2.CreateFromPemFile(file, key)
            : X509Certificate2.CreateFromEncryptedPemFile(file, password, key);
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) // whose key lives in memory, where Windows cannot use it for TLS
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
