using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace SimClr.Losses;

/// <summary>
/// Running sums of each row: exp(s − shift) over the candidates except the partners, the same weighted with s, the largest s, and
/// the partners' own s.
/// </summary>
/// <remarks>
/// All rows share one shift where exp(s − shift) cannot underflow or overflow; else each row is shifted by its largest s.
/// </remarks>
internal sealed class ExponentialSums
{
    /// <summary>A similarity that means "no candidate": exp(Never − shift) is 0 for every shift.</summary>
    public const float Never = -1e30f;

    // Every real similarity is above it. With it as the shift, exp(Never − shift) is still 0.
    private const float Nowhere = -1e20f;

    /// <summary>For a number of rows, of which only the first may be real.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="commonShift">The shift of all rows, or null for one of each row's own.</param>
    /// <param name="partners">Partners of a row.</param>
    public ExponentialSums(int rows, float? commonShift, int partners = 1)
    {
        CommonShift = commonShift;
        (Sum, Weighted) = (new double[rows], new double[rows]);
        Largest = new float[rows];
        Partners = [.. Enumerable.Range(0, partners).Select(_ => new float[rows])];
        Array.Fill(Largest, Nowhere);
    }

    public float? CommonShift { get; }

    public double[] Sum { get; }

    public double[] Weighted { get; }

    public float[] Largest { get; }

    /// <summary>The similarities to the first partner of each row, to the second, and so on.</summary>
    public float[][] Partners { get; }

    /// <summary>Takes note of a larger s before sums with it as the shift are added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise(int row, float largest)
    {
        if (largest <= Largest[row]) return;
        if (CommonShift is null)
        {
            var factor = Math.Exp(Largest[row] - (double)largest);
            (Sum[row], Weighted[row]) = (Sum[row] * factor, Weighted[row] * factor);
        }
        Largest[row] = largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int row, float sum, float weighted)
    {
        Sum[row] += sum;
        Weighted[row] += weighted;
    }

    /// <summary>The figures of the first rows.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="withPartner">Whether a row's partners are among its candidates.</param>
    public Denominators Read(int count, bool withPartner)
    {
        var (logSumExp, largest, mean) = (new float[count], new float[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            largest[i] = Largest[i] > Nowhere ? Largest[i] : float.NegativeInfinity;
            double shift = CommonShift ?? Largest[i];
            if (CommonShift is null && withPartner)
                foreach (var partner in Partners) shift = Math.Max(shift, partner[i]);
            var earlier = CommonShift is null ? Math.Exp(Largest[i] - shift) : 1;
            var (sum, weighted) = (Sum[i] * earlier, Weighted[i] * earlier);
            if (withPartner)
            {
                foreach (var partner in Partners)
                {
                    var e = Math.Exp(partner[i] - shift);
                    (sum, weighted) = (sum + e, weighted + e * partner[i]);
                }
            }
            logSumExp[i] = (float)(Math.Log(sum) + shift);
            mean[i] = sum > 0 ? (float)(weighted / sum) : 0;
        }
        return new(Copy(logSumExp), Copy(largest), Copy(mean));
    }

    // A tensor over an array may begin anywhere; arithmetic rounds alike only where memory is aligned alike.
    private static Tensor Copy(float[] values)
    {
        using var shared = tensor(values); // [2N]
        return shared.clone();
    }
}
