using System.Runtime.CompilerServices;

namespace SimClr.Numerics;

/// <summary>
/// Counter-based random numbers (Philox4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// A stream is a pure function of its coordinates (seed, epoch, item, view, purpose), so results depend neither on the
/// number of threads nor on what was drawn elsewhere, and a resumed run draws what the undisturbed one would have drawn.
/// </summary>
/// <remarks>A mutable value type: pass it by <c>ref</c> to advance it.</remarks>
public struct CounterRandom
{
    private readonly uint _key0, _key1, _counter1, _counter2, _counter3;
    private uint _block;
    private uint _word0, _word1, _word2, _word3;
    private int _left;

    /// <summary>The stream at the given coordinates.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="item">Index of the image in its dataset (or of any other item).</param>
    /// <param name="view">Which view of the item (0 or 1).</param>
    /// <param name="purpose">The purpose of the numbers; streams of different purposes are independent.</param>
    public CounterRandom(ulong seed, int epoch, int item, int view, DrawPurpose purpose)
    {
        (_key0, _key1) = ((uint)seed, (uint)(seed >> 32));
        (_counter1, _counter2, _counter3) = ((uint)epoch, (uint)item, ((uint)purpose << 16) | (uint)(ushort)view);
        _block = 0;
        _left = 0;
    }

    /// <summary>A uniform 32-bit word.</summary>
    public uint NextUInt32()
    {
        if (_left == 0) Refill();
        return _left-- switch { 4 => _word0, 3 => _word1, 2 => _word2, _ => _word3 };
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        var high = NextUInt32() >> 5;
        var low = NextUInt32() >> 6;
        return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
    }

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>True with the given probability; 0 is never, 1 is always.</summary>
    public bool NextBernoulli(double probability) => NextDouble() < probability;

    /// <summary>Uniform in 0..exclusiveUpper-1, without bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextInt32(int exclusiveUpper)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveUpper, 1);
        var range = (uint)exclusiveUpper;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Box-Muller, one value per two uniforms).</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>A uniformly random permutation, in place (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private void Refill()
    {
        (_word0, _word1, _word2, _word3) = Philox(_block++, _counter1, _counter2, _counter3, _key0, _key1);
        _left = 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var product0 = (ulong)0xD2511F53u * c0;
            var product1 = (ulong)0xCD9E8D57u * c2;
            (c0, c1, c2, c3) =
                ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        return (c0, c1, c2, c3);
    }
}
