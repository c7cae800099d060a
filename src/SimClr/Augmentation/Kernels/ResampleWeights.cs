using SimClr.Numerics;

namespace SimClr.Augmentation;

/// <summary>
/// Which inputs make each output of a one-dimensional antialiased resize, and with what weight (PIL's and torchvision's
/// definition): the filter is stretched by the factor of shrinking, cut at the borders and made to sum to 1. All outputs have
/// the same number of taps, some of weight 0, so that loops over them have no branch that is hard to predict.
/// </summary>
internal sealed unsafe class ResampleWeights
{
    private readonly AlignedFloats _weights = new();
    private readonly AlignedFloats _indices = new(); // int32 bits
    private int[] _starts = [];
    private int _count;
    private int _lanes;

    /// <summary>Number of inputs of each output.</summary>
    public int Taps { get; private set; }

    /// <summary>Number of weights from one output's (or one block of outputs') first tap to the next one's.</summary>
    public int Stride { get; private set; }

    /// <summary>The first input that any output needs.</summary>
    public int FirstInput { get; private set; }

    /// <summary>One past the last input that any output needs.</summary>
    public int EndInput { get; private set; }

    /// <summary>Number of inputs that span the first inputs of all outputs of a block.</summary>
    public int Span { get; private set; }

    /// <summary>Prepares weights, output by output.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="flip">Whether the outputs are mirrored.</param>
    /// <param name="tapMultiple">The number of taps is rounded up to a multiple of this, with weights 0.</param>
    public void PrepareOutputs(in ResampleAxis axis, Interpolation interpolation, bool flip = false, int tapMultiple = 1)
    {
        FindInputs(axis, interpolation, flip);
        _lanes = 1;
        Stride = (Taps + tapMultiple - 1) / tapMultiple * tapMultiple;
        FillWeights(axis, interpolation, flip);
    }

    /// <summary>
    /// Prepares weights for <paramref name="lanes"/> outputs at once: tap by tap a vector of weights, and a vector that says how
    /// far behind the block's first input each output's first input is.
    /// </summary>
    public void PrepareBlocks(in ResampleAxis axis, Interpolation interpolation, bool flip, int lanes)
    {
        FindInputs(axis, interpolation, flip);
        _lanes = lanes;
        Stride = Taps * lanes;
        FillWeights(axis, interpolation, flip);
        FillIndices();
    }

    /// <summary>First input of an output.</summary>
    public int Start(int output) => _starts[output];

    /// <summary>First input of a block of outputs.</summary>
    public int BlockStart(int block)
    {
        // Starts rise, or fall when mirrored.
        var last = Math.Min((block + 1) * _lanes, _count) - 1;
        return Math.Min(_starts[block * _lanes], _starts[last]);
    }

    /// <summary>The weights of an output, or of a block of outputs.</summary>
    public float* Of(int item) => _weights.Pointer + item * Stride;

    /// <summary>The offsets of a block's first inputs, int32 bits.</summary>
    public float* Indices(int block) => _indices.Pointer + block * _lanes;

    private void FindInputs(in ResampleAxis axis, Interpolation interpolation, bool flip)
    {
        _count = axis.Count;
        if (_starts.Length < _count) _starts = new int[_count];
        var scale = axis.Scale;
        var support = Support(interpolation) * Math.Max(scale, 1.0);
        Taps = 1;
        for (var i = 0; i < _count; i++)
        {
            var center = axis.Origin + scale * (axis.FirstOutput + i + 0.5);
            var start = Math.Max((int)(center - support + 0.5), 0);
            _starts[flip ? _count - 1 - i : i] = start;
            Taps = Math.Max(Taps, Math.Min((int)(center + support + 0.5), axis.Pixels) - start);
        }
        for (var i = 0; i < _count; i++) _starts[i] = Math.Min(_starts[i], axis.Pixels - Taps);
        FirstInput = Math.Min(_starts[0], _starts[_count - 1]);
        EndInput = Math.Max(_starts[0], _starts[_count - 1]) + Taps;
    }

    private void FillWeights(in ResampleAxis axis, Interpolation interpolation, bool flip)
    {
        var blocks = (_count + _lanes - 1) / _lanes;
        var table = _weights.Reserve(blocks * Stride);
        new Span<float>(table, blocks * Stride).Clear();
        var scale = axis.Scale;
        var narrow = 1 / Math.Max(scale, 1.0);
        for (var i = 0; i < _count; i++)
        {
            var output = axis.FirstOutput + (flip ? _count - 1 - i : i);
            var distance = (_starts[i] + 0.5 - axis.Origin - scale * (output + 0.5)) * narrow; // of the first tap
            var weights = table + i / _lanes * Stride + i % _lanes;
            var total = 0.0;
            for (var tap = 0; tap < Taps; tap++)
            {
                var weight = Filter(distance + tap * narrow, interpolation);
                weights[tap * _lanes] = (float)weight;
                total += weight;
            }
            var share = (float)(1 / total);
            for (var tap = 0; tap < Taps; tap++) weights[tap * _lanes] *= share;
        }
    }

    private void FillIndices()
    {
        var blocks = (_count + _lanes - 1) / _lanes;
        var indices = (int*)_indices.Reserve(blocks * _lanes);
        Span = 0;
        for (var i = 0; i < blocks * _lanes; i++)
        {
            indices[i] = i < _count ? _starts[i] - BlockStart(i / _lanes) : 0;
            Span = Math.Max(Span, indices[i] + 1);
        }
    }

    private static double Support(Interpolation interpolation) => interpolation == Interpolation.Bicubic ? 2.0 : 1.0;

    private static double Filter(double x, Interpolation interpolation)
    {
        const double a = -0.5; // Keys (1981); libtorch uses -0.75 only when it does not antialias
        x = Math.Abs(x);
        if (interpolation == Interpolation.Bilinear) return Math.Max(1 - x, 0);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
