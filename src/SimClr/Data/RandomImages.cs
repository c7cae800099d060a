using SimClr.Images;
using SimClr.Numerics;

namespace SimClr.Data;

/// <summary>Images at random, to be shown or looked at.</summary>
public static class RandomImages
{
    /// <summary>Loads images in a random order, each once; an image that cannot be read comes with the reason instead.</summary>
    /// <param name="data">The dataset.</param>
    /// <param name="seed">Decides the order.</param>
    /// <returns>One at a time, each loaded when it is asked for; the images are the caller's.</returns>
    public static IEnumerable<(int Index, RgbImage? Image, DataException? Reason)> Load(IImageDataset data, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Tried(data, seed);
    }

    private static IEnumerable<(int Index, RgbImage? Image, DataException? Reason)> Tried(IImageDataset data, ulong seed)
    {
        var tried = new HashSet<int>();
        var random = new CounterRandom(seed, epoch: 0, item: 0, view: 0, DrawPurpose.Gallery);
        while (tried.Count < data.Count)
        {
            var index = random.NextInt32(data.Count);
            if (tried.Add(index)) yield return Try(data, index);
        }
    }

    private static (int Index, RgbImage? Image, DataException? Reason) Try(IImageDataset data, int index)
    {
        try
        {
            return (index, data.Load(index), null);
        }
        catch (DataException e)
        {
            return (index, null, e);
        }
    }
}
