using System.Net;

namespace SimClr.AspNetCore;

/// <summary>
/// Turns away what pages of other sites make a browser ask. A browser sends any page's requests to this machine, and a name of
/// that page's choice may lead here (DNS rebinding); but it says which name it was, and which site asked.
/// </summary>
internal sealed class RequestGuard
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly PublicName[] _public;
    private readonly bool _isWide;

    /// <param name="listen">The address or name that the server listens at.</param>
    /// <param name="isWide">Whether that can be reached from other machines.</param>
    /// <param name="publicNames">Names under which a proxy makes it known.</param>
    public RequestGuard(string listen, bool isWide, params IEnumerable<PublicName> publicNames)
    {
        (_public, _isWide) = ([.. publicNames], isWide);
        _names.Add(listen);
        _names.UnionWith(_public.Select(name => name.Host));
        if (!isWide) return;
        _names.Add(Dns.GetHostName());
        _names.Add(Dns.GetHostName() + ".local");
    }

    /// <summary>Checks where a request was sent to and where it comes from.</summary>
    /// <exception cref="RequestRefusedException">It was sent to a name that is not this server's, or comes from another
    /// site.</exception>
    public void Check(HttpRequest request)
    {
        if (!IsOurs(request.Host.Host))
            throw new RequestRefusedException(403,
                "The server does not answer to this Host; use its address or, on this machine, localhost; "
                + "behind a proxy, it has to be started with its public name.");
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var isForeign = site is "cross-site" || (site is "same-site" && !HttpMethods.IsGet(request.Method));
        var isPage = HttpMethods.IsGet(request.Method) && request.Path == "/"; // a link to it may stand anywhere
        if ((isForeign && !isPage) || request.Headers.Origin.Any(origin => !IsOurs(origin, request.Host)))
            throw new RequestRefusedException(403, "The server does not answer to pages of other sites.");
    }

    /// <summary>
    /// Whether a name is this server's. An address is nobody's to give away, and so never the name of an attacker's page; one
    /// that is not this machine's own is good only where the server can be reached from others.
    /// </summary>
    private bool IsOurs(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address)
        ? _isWide || IPAddress.IsLoopback(address)
        : _names.Contains(host);

    /// <summary>Whether a page of this origin is ours. A proxy may have sent another name on than the browser knows.</summary>
    private bool IsOurs(string? origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (new HostString(uri.Authority) == new HostString(Bare(uri, host)) || _public.Any(name => name.IsOrigin(uri)));

    // The port that a scheme has anyway may be left out or not.
    private static string Bare(Uri origin, HostString host) =>
        origin.IsDefaultPort && host.Port == origin.Port ? host.Host : host.Value ?? "";
}
