using SimClr.Native;

namespace SimClr.Fuzz;

/// <summary>Whether the process keeps more and more memory from input to input, though each takes little.</summary>
/// <param name="resident">The resident memory of the process in bytes, where it can be told.</param>
internal sealed class MemoryGrowth(Func<long?> resident)
{
    /// <summary>So much may be kept beyond what was resident at first, in bytes; caches and compiled code take some.</summary>
    public const long Bound = 128_000_000;

    private long? _first;

    /// <summary>Measures this process.</summary>
    public MemoryGrowth() : this(PeakMemory.Settled)
    {
    }

    /// <summary>How much more was resident last than at first, without the inputs that are kept on purpose.</summary>
    public long Bytes { get; private set; }

    /// <summary>Measures, from the second call on against the first.</summary>
    /// <param name="ownBytes">What the caller keeps by now.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Finding(long ownBytes)
    {
        if (resident() is not { } now) return null;
        _first ??= now - ownBytes;
        Bytes = now - ownBytes - _first.Value;
        return Bytes <= Bound ? null : $"keeps {Bytes:N0} bytes of resident memory more than at first; the bound is {Bound:N0}";
    }
}
