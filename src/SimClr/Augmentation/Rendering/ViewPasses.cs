namespace SimClr.Augmentation;

/// <summary>Where a finished view is stored; the default means nowhere, it stays as it is.</summary>
internal readonly unsafe struct ViewTarget(Normalization normalization, PixelFormat format, byte* memory)
{
    public Normalization? Normalization { get; } = normalization;

    public PixelFormat Format { get; } = format;

    public byte* Memory { get; } = memory;
}

/// <summary>A blur that is to be done; the default means none.</summary>
internal readonly record struct BlurSettings(int KernelSize, float Sigma)
{
    public bool IsNone => KernelSize == 0;
}

/// <summary>Takes a view through all that is to be done to it, strip by strip, in as few passes as possible.</summary>
internal abstract class ViewPasses
{
    public static ViewPasses Of(SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => new ViewPasses<Lanes512>(),
        SimdWidth.Bits256 => new ViewPasses<Lanes256>(),
        _ => new ViewPasses<Lanes128>(),
    };

    /// <summary>Prepares the resizing of an image.</summary>
    public abstract void Prepare(Resampling source, Interpolation interpolation, bool flip);

    /// <summary>Resizes if that is pending, does the operations, blurs, and stores if there is a target.</summary>
    public abstract void Run(FloatImage view, Resampling source, PointOperations operations, BlurSettings blur,
        in ViewTarget target);
}

/// <inheritdoc/>
internal sealed unsafe class ViewPasses<T> : ViewPasses where T : unmanaged, ILanes<T>
{
    /// <summary>Pixels of a strip: its three planes fill half of a first-level cache of 32 KiB.</summary>
    private const int StripPixels = 1408;

    private readonly BlurArithmetic _blur = new();

    public override void Prepare(Resampling source, Interpolation interpolation, bool flip) =>
        source.Prepare<T>(interpolation, flip);

    public override void Run(FloatImage view, Resampling source, PointOperations operations, BlurSettings blur,
        in ViewTarget target)
    {
        // Contrast needs the mean luma of the whole image as it is then: a pass ends before every contrast, and sums it.
        var (from, end, luma) = (0, operations.NextContrast(0), 0.0);
        while (end < operations.Count)
        {
            luma = Pass(view, source, operations.Items[from..end], luma, isLumaWanted: true, default);
            source.End();
            (from, end) = (end, operations.NextContrast(end + 1));
        }
        Pass(view, source, operations.Items[from..end], luma, isLumaWanted: false, blur.IsNone ? target : default);
        source.End();
        if (!blur.IsNone) Blur(view, blur, target);
    }

    /// <summary>One pass over the pixels; returns the mean luma afterwards if it is wanted.</summary>
    private static double Pass(FloatImage view, Resampling source, ReadOnlySpan<PointOperation> operations, double meanLuma,
        bool isLumaWanted, in ViewTarget target)
    {
        var luma = 0.0;
        for (var strip = new Strip(view); strip.Next();)
        {
            if (source.IsPending) source.Rows<T>(view, strip.FirstRow, strip.EndRow);
            var planes = view.Planes.From(strip.From);
            foreach (var operation in operations)
                PointArithmetic<T>.Apply(operation, (float)meanLuma, planes, strip.End - strip.From);
            if (isLumaWanted) luma += PointArithmetic<T>.SumLuma(planes, strip.EndPixel - strip.From);
            Store(view, strip, target);
        }
        return luma / view.PixelCount;
    }

    private void Blur(FloatImage view, BlurSettings blur, in ViewTarget target)
    {
        _blur.Begin(view, blur.KernelSize, blur.Sigma);
        for (var strip = new Strip(view); strip.Next();)
        {
            _blur.Rows<T>(view, strip.FirstRow, strip.EndRow);
            Store(view, strip, target);
        }
    }

    private static void Store(FloatImage view, in Strip strip, in ViewTarget target)
    {
        if (target.Normalization is { } normalization)
            PixelStore<T>.Write(view, strip.From, strip.EndPixel, normalization, target.Format, target.Memory);
    }

    /// <summary>
    /// Some whole rows, and the pixels that are complete with them and make whole vectors: those at the end of the last row that
    /// do not are left to the next strip, and what is behind the last pixel belongs to the last strip.
    /// </summary>
    private struct Strip(FloatImage view)
    {
        private readonly int _rows = Math.Max(1, StripPixels / view.Width);

        public int FirstRow { get; private set; }

        public int EndRow { get; private set; }

        public int From { get; private set; }

        public int End { get; private set; }

        public readonly int EndPixel => Math.Min(End, view.PixelCount);

        public bool Next()
        {
            (FirstRow, From) = (EndRow, End);
            if (FirstRow == view.Height) return false;
            EndRow = Math.Min(FirstRow + _rows, view.Height);
            var pixels = EndRow * view.Width;
            End = (EndRow == view.Height ? pixels + T.Count - 1 : pixels) / T.Count * T.Count;
            return true;
        }
    }
}
