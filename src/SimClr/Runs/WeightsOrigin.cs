using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SimClr.Models;

namespace SimClr.Runs;

/// <summary>Where the weights came from that a run began with, or that were imported.</summary>
/// <param name="File">The file, as an absolute path; its name alone where <see cref="Source"/> says where it came from.</param>
/// <param name="Sha256">The SHA-256 of its bytes, 64 hexadecimal digits.</param>
/// <param name="Prefix">The prefix of the encoder's names; empty or ending in a dot.</param>
/// <param name="WithHead">Whether a run's projection head came along.</param>
public sealed record WeightsOrigin(string File, string Sha256, string Prefix = "", bool WithHead = false)
{
    /// <summary>Where the file itself came from, for example a package and its version; null where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>The license of the weights, as an SPDX identifier; null where it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? License { get; init; }

    internal static string HashOf(string file)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{file}: cannot be read: {e.Message}", e);
        }
    }
}
