using System.Net;

namespace SimClr.AspNetCore;

/// <summary>Who asks, as far as shares are concerned.</summary>
internal static class ClientAddress
{
    private const int CustomerBytes = 8; // of an IPv6 address: a customer is given 2⁶⁴ addresses, which count as one

    /// <summary>The address that shares are counted by.</summary>
    /// <param name="address">The address of a connection, or what a trusted proxy says of it; null where there is none.</param>
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        if (IPAddress.IsLoopback(address)) return IPAddress.Loopback;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(CustomerBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>The address that a request's shares are counted by.</summary>
    public static IPAddress Of(HttpRequest request) => Of(request.HttpContext.Connection.RemoteIpAddress);
}
