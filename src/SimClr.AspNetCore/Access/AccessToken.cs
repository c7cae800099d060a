using System.Security.Cryptography;
using System.Text;

namespace SimClr.AspNetCore;

/// <summary>
/// The secret of permitted clients: sent as <c>Authorization: Bearer TOKEN</c> by programs, or as the password of HTTP Basic,
/// with any user name, by browsers. A browser asks for it, keeps it until it is closed, and sends it along with what pages
/// ask; that those of other sites have nothing from it is for the <see cref="RequestGuard"/> to see to.
/// </summary>
internal sealed class AccessToken
{
    private const string Bearer = "Bearer ", Basic = "Basic ";

    private readonly byte[] _hash;

    public AccessToken(string token) => _hash = Hash(Encoding.UTF8.GetBytes(token));

    /// <summary>Checks that a request brings the token; whether the server is there at all may be asked without it.</summary>
    /// <exception cref="RequestRefusedException">There is none, or another.</exception>
    public void Check(HttpContext context)
    {
        if (context.Request.Path == "/api/health" || (context.Request.Headers.Authorization is [{ } said] && Knows(said))) return;
        context.Response.Headers.WWWAuthenticate = new(["Basic realm=\"SimCLR.NET\", charset=\"UTF-8\"", "Bearer"]);
        throw new RequestRefusedException(401,
            "The server wants its token: as the password of any user, or as 'Authorization: Bearer TOKEN'.");
    }

    private bool Knows(string said)
    {
        // Hashes have one length, and comparing them takes one time, wherever they differ.
        if (said.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Same(Encoding.UTF8.GetBytes(said[Bearer.Length..].Trim()));
        if (!said.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return false;
        var bytes = new byte[said.Length];
        if (!Convert.TryFromBase64String(said[Basic.Length..].Trim(), bytes, out var length)) return false;
        var colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        return colon >= 0 && Same(bytes.AsSpan(colon + 1, length - colon - 1));
    }

    private bool Same(ReadOnlySpan<byte> token) => CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    private static byte[] Hash(ReadOnlySpan<byte> token) => SHA256.HashData(token);
}
