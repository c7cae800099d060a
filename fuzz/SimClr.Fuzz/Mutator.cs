using System.Buffers.Binary;
using System.Text;
using SimClr.Numerics;

namespace SimClr.Fuzz;

/// <summary>Makes new inputs of old ones, in the manner of AFL's havoc stage.</summary>
internal static class Mutator
{
    private const int LongestInput = 64 * 1024;

    private static readonly int[] Interesting =
        [-1, 0, 1, 7, 8, 16, 32, 63, 64, 100, 127, 128, 255, 256, 511, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536,
            100_000, 1 << 24, int.MaxValue, int.MinValue];

    /// <summary>One input of another, and sometimes a second.</summary>
    /// <param name="input">Where to start from; left as it is.</param>
    /// <param name="other">An input to take pieces of.</param>
    /// <param name="words">What readers of this kind look for.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Mutate(byte[] input, byte[] other, IReadOnlyList<string> words, CounterRandom random)
    {
        var bytes = new List<byte>(input);
        if (random.NextBernoulli(0.1)) Splice(bytes, other, ref random);
        for (var edit = 1 << random.NextInt32(5); edit > 0; edit--) Edit(bytes, other, words, ref random);
        if (bytes.Count > LongestInput) bytes.RemoveRange(LongestInput, bytes.Count - LongestInput);
        return [.. bytes];
    }

    private static void Splice(List<byte> bytes, byte[] other, ref CounterRandom random)
    {
        var from = random.NextInt32(other.Length + 1);
        bytes.RemoveRange(Math.Min(from, bytes.Count), bytes.Count - Math.Min(from, bytes.Count));
        bytes.AddRange(other.AsSpan(from));
    }

    private static void Edit(List<byte> bytes, byte[] other, IReadOnlyList<string> words, ref CounterRandom random)
    {
        var kind = random.NextInt32(12);
        if (bytes.Count == 0) kind = 8;
        // Headers stand first, so half of the edits do.
        var at = random.NextInt32(random.NextBernoulli(0.5) ? Math.Min(64, bytes.Count + 1) : bytes.Count + 1);
        at = Math.Min(at, Math.Max(0, bytes.Count - 1));
        switch (kind)
        {
            case 0: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
            case 1: bytes[at] = (byte)random.NextInt32(256); break;
            case 2: bytes[at] = (byte)(bytes[at] + random.NextInt32(71) - 35); break;
            case 3: bytes[at] = (byte)('0' + random.NextInt32(10)); break;
            case 4 or 5: Overwrite(bytes, at, Number(ref random)); break;
            case 6: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(1 << random.NextInt32(10)))); break;
            case 7: bytes.InsertRange(at, Repeated(bytes, at, ref random)); break;
            case 8: bytes.InsertRange(at, Word(words, ref random)); break;
            case 9: Overwrite(bytes, at, Word(words, ref random)); break;
            case 10: bytes.InsertRange(at, Piece(other, ref random)); break;
            default: Overwrite(bytes, at, Piece(other, ref random)); break;
        }
    }

    private static byte[] Number(ref CounterRandom random)
    {
        var value = Interesting[random.NextInt32(Interesting.Length)];
        var bytes = new byte[1 << random.NextInt32(3)];
        Span<byte> four = stackalloc byte[4];
        var little = random.NextBernoulli(0.5);
        if (little) BinaryPrimitives.WriteInt32LittleEndian(four, value);
        else BinaryPrimitives.WriteInt32BigEndian(four, value);
        (little ? four[..bytes.Length] : four[^bytes.Length..]).CopyTo(bytes);
        return bytes;
    }

    private static byte[] Repeated(List<byte> bytes, int at, ref CounterRandom random)
    {
        var length = Math.Min(bytes.Count - at, 1 + random.NextInt32(1 << random.NextInt32(9)));
        var times = 1 << random.NextInt32(8);
        var piece = bytes.GetRange(at, length).ToArray();
        return [.. Enumerable.Repeat(piece, Math.Max(1, Math.Min(times, LongestInput / length))).SelectMany(copy => copy)];
    }

    private static byte[] Word(IReadOnlyList<string> words, ref CounterRandom random) =>
        words.Count == 0 ? Number(ref random) : Encoding.Latin1.GetBytes(words[random.NextInt32(words.Count)]);

    private static byte[] Piece(byte[] other, ref CounterRandom random)
    {
        if (other.Length == 0) return [];
        var from = random.NextInt32(other.Length);
        return other.AsSpan(from, Math.Min(other.Length - from, 1 + random.NextInt32(1 << random.NextInt32(10)))).ToArray();
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] piece)
    {
        for (var i = 0; i < piece.Length && at + i < bytes.Count; i++) bytes[at + i] = piece[i];
    }
}
