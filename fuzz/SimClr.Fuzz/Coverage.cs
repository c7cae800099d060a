using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace SimClr.Fuzz;

/// <summary>
/// Which branches have been taken how often, and what else inputs have been seen to do. SharpFuzz's instructions count in the
/// lower half of a map; the upper half takes what a target says of its outcome, which stands in for the branches of code that is
/// not instrumented (Skia, System.Text.Json).
/// </summary>
internal sealed unsafe class Coverage
{
    private const int Branches = 1 << 16;

    private static readonly byte* Map = (byte*)NativeMemory.AllocZeroed(2 * Branches);

    private readonly byte[] _seen = new byte[2 * Branches];

    /// <summary>Gives the instructions a place to count in, without which they must not run.</summary>
    public static void Attach() => Trace.SharedMem = Map;

    /// <summary>Branches with at least one count.</summary>
    public int BranchCount => _seen.AsSpan(0, Branches).Length - _seen.AsSpan(0, Branches).Count((byte)0);

    /// <summary>Different outcomes.</summary>
    public int OutcomeCount => _seen.AsSpan(Branches).Length - _seen.AsSpan(Branches).Count((byte)0);

    /// <summary>Forgets what the last input did.</summary>
    public static void Begin()
    {
        new Span<byte>(Map, 2 * Branches).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what the last input did.</summary>
    /// <returns>Whether any of it had not been seen.</returns>
    public bool End(string outcome)
    {
        Map[Branches + Hash(outcome) % Branches] = 1;
        var fresh = false;
        for (var word = 0; word < 2 * Branches / 8; word++)
        {
            if (((ulong*)Map)[word] == 0) continue;
            for (var at = 8 * word; at < 8 * word + 8; at++)
            {
                var bucket = Bucket(Map[at]);
                if ((bucket & ~_seen[at]) == 0) continue;
                _seen[at] |= bucket;
                fresh = true;
            }
        }
        return fresh;
    }

    /// <summary>Counts as AFL classes them: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more.</summary>
    private static byte Bucket(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text) hash = (hash ^ letter) * 16777619;
        return hash ^ (hash >> 15);
    }
}
