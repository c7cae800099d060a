using System.Security.Cryptography;
using SimClr.Data;

namespace SimClr.Tests.Data;

/// <summary>Batches as lines of text: equal lines are equal batches, to the last bit.</summary>
internal static class Recorded
{
    public static List<string> Of(IEnumerable<ViewBatch> batches)
    {
        var result = new List<string>();
        foreach (var batch in batches)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var row = 0; row < batch.Rows; row++) hash.AppendData(batch.View(row));
            var digest = Convert.ToHexString(hash.GetHashAndReset());
            result.Add($"{batch.Epoch}/{batch.Step}: {string.Join(',', batch.Indices)} {digest}");
        }
        return result;
    }
}
