using System.Security.Cryptography;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>The SHA-256 of tensors in the order of their names, so that any flipped bit is noticed.</summary>
internal static class TensorHash
{
    /// <summary>Computes it, a tensor at a time.</summary>
    /// <param name="start">The bytes before all tensors.</param>
    /// <param name="names">Their names.</param>
    /// <param name="get">A tensor; one that is made for this call is disposed after its turn.</param>
    /// <param name="head">The bytes before a tensor's values.</param>
    /// <returns>Hexadecimal digits in lower case.</returns>
    public static string Compute(
        ReadOnlySpan<byte> start, IEnumerable<string> names, Func<string, Tensor> get, Func<string, Tensor, byte[]> head)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            var tensor = get(name);
            hash.AppendData(head(name, tensor));
            TensorBytes.Read(tensor, hash.AppendData);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
