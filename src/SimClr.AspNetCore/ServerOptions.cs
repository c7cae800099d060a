using System.Net;
using System.Net.Sockets;

namespace SimClr.AspNetCore;

/// <summary>The address and the limits of a server.</summary>
public sealed record ServerOptions
{
    /// <summary>
    /// The address or name of this machine to listen at: <c>127.0.0.1</c> for programs of this machine only, <c>0.0.0.0</c> for
    /// every network that it is in.
    /// </summary>
    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>
    /// Names, each with a port or without, under which a proxy makes the server known. They are answered to, and pages that a
    /// browser opened under them may send images.
    /// </summary>
    public IReadOnlyList<string> PublicNames { get; init; } = [];

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c>, <c>-Host</c> and <c>-Proto</c> are believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// The token that every request must bring, as HTTP Bearer or as the password of HTTP Basic: 16 to 512 printable ASCII
    /// characters without spaces; or null.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// Lets a server be reached from beyond this machine without a token, because a proxy or a firewall checks who asks.
    /// </summary>
    public bool AllowWithoutToken { get; init; }

    /// <summary>A PEM or PFX file with the certificate that HTTPS is spoken with, or null for HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the certificate's private key, or null where the certificate's file holds it.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The password of the private key, or null.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>
    /// The folders that images of the index may be shown from; empty for the folder that all of them have in common. Links are
    /// followed first, so what a link leads to must lie in one of them.
    /// </summary>
    public IReadOnlyList<string> ImageFolders { get; init; } = [];

    /// <summary>The port, 0 to 65535; 0 takes any that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>The largest image file that is taken, 1 to 500 MB (10⁶ bytes).</summary>
    public int MaxUploadMegabytes { get; init; } = 20;

    /// <summary>The largest image that is decoded, 1 to 100 megapixels (10⁶).</summary>
    public int MaxMegapixels { get; init; } = 50;

    /// <summary>
    /// Images that may wait for the encoder at once, the one in it counted, 1 to 1000. More are asked to come again; the last
    /// quarter of the places is for clients that have none.
    /// </summary>
    public int MaxImages { get; init; } = 16;

    /// <summary>How long an image may take to arrive, 1 second to 1 hour.</summary>
    public TimeSpan UploadTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="ServerException">A value is out of its bounds; the message names property, bound and value.</exception>
    public ServerOptions Validated()
    {
        if (string.IsNullOrWhiteSpace(Listen))
            throw new ServerException($"{nameof(Listen)} needs an address or a name of this machine.")
            {
                Setting = nameof(Listen),
            };
        AccessRules.Check(this);
        Require(nameof(Port), Port, 0, 65535);
        Require(nameof(MaxUploadMegabytes), MaxUploadMegabytes, 1, 500);
        Require(nameof(MaxMegapixels), MaxMegapixels, 1, 100);
        Require(nameof(MaxImages), MaxImages, 1, 1000);
        if (!(UploadTime >= TimeSpan.FromSeconds(1) && UploadTime <= TimeSpan.FromHours(1)))
            throw new ServerException($"{nameof(UploadTime)} must be between 1 second and 1 hour, not {UploadTime}.")
            {
                Setting = nameof(UploadTime),
            };
        return this;
    }

    /// <summary>Where the server listens; secrets are left out.</summary>
    public override string ToString() => $"{Listen}, port {Port}";

    internal long MaxBytes => MaxUploadMegabytes * 1_000_000L;

    internal long MaxPixels => MaxMegapixels * 1_000_000L;

    /// <summary>The address to listen at.</summary>
    /// <exception cref="ServerException">The name leads nowhere.</exception>
    internal IPAddress Address()
    {
        if (IPAddress.TryParse(Listen, out var address)) return address;
        try
        {
            return Dns.GetHostAddresses(Listen).OrderBy(found => found.AddressFamily != AddressFamily.InterNetwork).First();
        }
        catch (Exception e) when (e is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new ServerException($"{nameof(Listen)}: {Listen} is no address and no name of this machine.", e)
            {
                Setting = nameof(Listen),
            };
        }
    }

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new ServerException($"{name} must be between {least} and {most}, not {value}.") { Setting = name };
    }
}
