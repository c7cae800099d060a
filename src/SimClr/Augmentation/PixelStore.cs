using System.Runtime.CompilerServices;

namespace SimClr.Augmentation;

/// <summary>From planes to the memory of a tensor, normalised.</summary>
internal static unsafe class PixelStore<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Stores pixels <paramref name="from"/> to <paramref name="end"/> - 1.</summary>
    /// <param name="view">The view; not changed.</param>
    /// <param name="from">First pixel, row by row.</param>
    /// <param name="end">One past the last pixel.</param>
    /// <param name="normalization">Applied on the way.</param>
    /// <param name="format">How the view is stored.</param>
    /// <param name="destination">The memory of the whole view.</param>
    public static void Write(FloatImage view, int from, int end, Normalization normalization, PixelFormat format, byte* destination)
    {
        var red = new Affine(normalization.Mean.Red, normalization.Std.Red);
        var green = new Affine(normalization.Mean.Green, normalization.Std.Green);
        var blue = new Affine(normalization.Mean.Blue, normalization.Std.Blue);
        var count = end - from;
        var (planes, bytes) = (view.Planes.From(from), format.ElementBytes);
        if (format.Layout == PixelLayout.ChannelsLast)
        {
            WriteInterleaved(planes, red, green, blue, count, format.Type, destination + 3 * from * bytes);
            return;
        }
        var plane = view.PixelCount * bytes;
        destination += from * bytes;
        WritePlane(planes.Red, red, count, format.Type, destination);
        WritePlane(planes.Green, green, count, format.Type, destination + plane);
        WritePlane(planes.Blue, blue, count, format.Type, destination + 2 * plane);
    }

    private static void WriteInterleaved(Planes planes, Affine red, Affine green, Affine blue, int count, PixelType type,
        byte* destination)
    {
        var (size, vector) = (type == PixelType.BFloat16 ? 2 : 4, T.Count * (type == PixelType.BFloat16 ? 2 : 4));
        var rest = stackalloc byte[3 * 16 * sizeof(float)];
        for (var i = 0; i < count; i += T.Count)
        {
            var (redFirst, greenFirst, blueFirst) = RgbOrder<T>.Join(
                red.Of(T.Load(planes.Red + i)), green.Of(T.Load(planes.Green + i)), blue.Of(T.Load(planes.Blue + i)));
            var isWhole = i + T.Count <= count;
            var target = isWhole ? destination + 3 * i * size : rest;
            Store(redFirst, type, target);
            Store(greenFirst, type, target + RgbOrder<T>.GreenFirst * vector);
            Store(blueFirst, type, target + RgbOrder<T>.BlueFirst * vector);
            if (!isWhole) Copy(rest, 3 * (count - i) * size, destination + 3 * i * size);
        }
    }

    private static void WritePlane(float* plane, Affine affine, int count, PixelType type, byte* destination)
    {
        var size = type == PixelType.BFloat16 ? 2 : 4;
        var rest = stackalloc byte[16 * sizeof(float)];
        for (var i = 0; i < count; i += T.Count)
        {
            var isWhole = i + T.Count <= count;
            Store(affine.Of(T.Load(plane + i)), type, isWhole ? destination + i * size : rest);
            if (!isWhole) Copy(rest, (count - i) * size, destination + i * size);
        }
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
