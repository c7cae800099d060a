using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>From planes to the memory of a tensor, normalized.</summary>
internal static unsafe class PixelStore<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Stores pixels <paramref name="from"/> to <paramref name="end"/> - 1.</summary>
    /// <param name="view">The view; not changed.</param>
    /// <param name="from">First pixel, row by row.</param>
    /// <param name="end">One past the last pixel.</param>
    /// <param name="normalization">Applied on the way.</param>
    /// <param name="format">How the view is stored.</param>
    /// <param name="destination">The memory of the whole view.</param>
    public static void Write(FloatImage view, int from, int end, Normalization normalization, PixelFormat format,
        byte* destination)
    {
        var red = new Affine(normalization.Mean.Red, normalization.Std.Red);
        var green = new Affine(normalization.Mean.Green, normalization.Std.Green);
        var blue = new Affine(normalization.Mean.Blue, normalization.Std.Blue);
        var count = end - from;
        // Not in the loops' own methods: one with a local buffer is compiled once, before the tables of RgbOrder are constants.
        var rest = stackalloc byte[3 * 16 * sizeof(float)];
        var (planes, bytes) = (view.Planes.From(from), format.ElementBytes);
        if (format.Layout == PixelLayout.ChannelsLast)
        {
            WriteInterleaved(planes, red, green, blue, count, format, destination + 3 * from * bytes, rest);
            return;
        }
        var plane = view.PixelCount * bytes;
        destination += from * bytes;
        WritePlane(planes.Red, red, count, format, destination, rest);
        WritePlane(planes.Green, green, count, format, destination + plane, rest);
        WritePlane(planes.Blue, blue, count, format, destination + 2 * plane, rest);
    }

    private static void WriteInterleaved(Planes planes, Affine red, Affine green, Affine blue, int count, PixelFormat format,
        byte* destination, byte* rest)
    {
        var (type, size) = (format.Type, format.ElementBytes);
        var whole = count / T.Count * T.Count;
        for (var i = 0; i < whole; i += T.Count)
            WriteVectors(planes.From(i), red, green, blue, type, size, destination + 3 * i * size);
        if (whole == count) return;
        WriteVectors(planes.From(whole), red, green, blue, type, size, rest);
        Copy(rest, 3 * (count - whole) * size, destination + 3 * whole * size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteVectors(Planes planes, Affine red, Affine green, Affine blue, PixelType type, int size,
        byte* target)
    {
        var (redFirst, greenFirst, blueFirst) = RgbOrder<T>.Join(
            red.Of(T.Load(planes.Red)), green.Of(T.Load(planes.Green)), blue.Of(T.Load(planes.Blue)));
        Store(redFirst, type, target);
        Store(greenFirst, type, target + RgbOrder<T>.GreenFirst * T.Count * size);
        Store(blueFirst, type, target + RgbOrder<T>.BlueFirst * T.Count * size);
    }

    private static void WritePlane(float* plane, Affine affine, int count, PixelFormat format, byte* destination, byte* rest)
    {
        var (type, size) = (format.Type, format.ElementBytes);
        var whole = count / T.Count * T.Count;
        for (var i = 0; i < whole; i += T.Count) Store(affine.Of(T.Load(plane + i)), type, destination + i * size);
        if (whole == count) return;
        Store(affine.Of(T.Load(plane + whole)), type, rest);
        Copy(rest, (count - whole) * size, destination + whole * size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T value, PixelType type, byte* target)
    {
        if (type == PixelType.BFloat16) value.StoreBFloat16((ushort*)target);
        else value.Store((float*)target);
    }

    private static void Copy(byte* source, int length, byte* target) =>
        new ReadOnlySpan<byte>(source, length).CopyTo(new Span<byte>(target, length));

    /// <summary>(x - mean) / std as one multiplication and addition.</summary>
    private readonly struct Affine(float mean, float std)
    {
        private readonly T _scale = T.All(1 / std);
        private readonly T _offset = T.All(-mean / std);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Of(T value) => T.MultiplyAdd(value, _scale, _offset);
    }
}
