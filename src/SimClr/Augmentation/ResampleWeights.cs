namespace SimClr.Augmentation;

/// <summary>
/// Which inputs make each output of a one-dimensional antialiased resize, and with what weight (PIL's and torchvision's
/// definition): the filter is stretched by the factor of shrinking, cut at the borders and made to sum to 1.
/// </summary>
internal sealed class ResampleWeights
{
    private int[] _starts = [];
    private int[] _counts = [];
    private float[] _weights = [];
    private int _taps;

    /// <summary>Prepares outputs <paramref name="first"/> to <c>first + count - 1</c> of a resize.</summary>
    public void Prepare(int inputSize, int outputSize, int first, int count, Interpolation interpolation)
    {
        var scale = (double)inputSize / outputSize;
        var stretch = Math.Max(scale, 1.0);
        var support = (interpolation == Interpolation.Bicubic ? 2.0 : 1.0) * stretch;
        Reserve(count, Math.Min(inputSize, (int)Math.Ceiling(support) * 2 + 1));
        for (var i = 0; i < count; i++)
        {
            var centre = scale * (first + i + 0.5);
            var start = Math.Max((int)(centre - support + 0.5), 0);
            var taps = Math.Min((int)(centre + support + 0.5), inputSize) - start;
            var weights = _weights.AsSpan(i * _taps, taps);
            var total = 0.0;
            for (var tap = 0; tap < taps; tap++)
            {
                var weight = Filter((start + tap - centre + 0.5) / stretch, interpolation);
                weights[tap] = (float)weight;
                total += weight;
            }
            var share = (float)(1 / total);
            foreach (ref var weight in weights) weight *= share;
            (_starts[i], _counts[i]) = (start, taps);
        }
    }

    /// <summary>First input of an output.</summary>
    public int Start(int output) => _starts[output];

    /// <summary>The weights of the inputs from <see cref="Start"/> on.</summary>
    public ReadOnlySpan<float> Of(int output) => _weights.AsSpan(output * _taps, _counts[output]);

    private void Reserve(int outputs, int taps)
    {
        _taps = taps;
        if (_starts.Length < outputs) (_starts, _counts) = (new int[outputs], new int[outputs]);
        if (_weights.Length < outputs * taps) _weights = new float[outputs * taps];
    }

    private static double Filter(double x, Interpolation interpolation)
    {
        const double a = -0.5; // Keys (1981); libtorch uses -0.75 only when it does not antialias
        x = Math.Abs(x);
        if (interpolation == Interpolation.Bilinear) return Math.Max(1 - x, 0);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
