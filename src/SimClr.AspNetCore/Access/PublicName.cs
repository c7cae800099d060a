using System.Globalization;
using System.Text.RegularExpressions;

namespace SimClr.AspNetCore;

/// <summary>A name under which a proxy makes the server known.</summary>
/// <param name="Host">The name, without a port.</param>
/// <param name="Port">The port that browsers see, or null for that of http or https.</param>
internal sealed partial record PublicName(string Host, int? Port)
{
    /// <summary>Reads <c>NAME</c> or <c>NAME:PORT</c>.</summary>
    /// <exception cref="ServerException">It is neither.</exception>
    public static PublicName Parse(string text)
    {
        var parts = Parts().Match(text);
        var (host, port) = (parts.Groups[1].Value, parts.Groups[2].Value);
        var number = port.Length == 0 ? 0 : int.Parse(port, CultureInfo.InvariantCulture);
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic || number > ushort.MaxValue)
            throw new ServerException(
                $"{nameof(ServerOptions.PublicNames)} takes a name such as photos.example.com or photos.example.com:8443, "
                + $"not '{text}'.")
            {
                Setting = nameof(ServerOptions.PublicNames),
            };
        return new(host, number == 0 ? null : number);
    }

    /// <summary>Whether pages that are opened under this name say that they come from this origin.</summary>
    public bool IsOrigin(Uri origin) =>
        origin.Scheme is "http" or "https" && origin.Host.Equals(Host, StringComparison.OrdinalIgnoreCase)
        && (Port is { } port ? origin.Port == port : origin.IsDefaultPort);

    [GeneratedRegex(@"^(\[[^\]]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?\z")]
    private static partial Regex Parts();
}
