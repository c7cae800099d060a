namespace SimClr.Numerics;

/// <summary>Finds the greatest of some numbers without sorting them (Hoare's quickselect, median of three).</summary>
internal static class Selection
{
    /// <summary>Rearranges numbers so that the greatest ones come first, in any order.</summary>
    /// <param name="values">Rearranged.</param>
    /// <param name="count">How many come first, from 0 to all.</param>
    public static void Greatest(Span<ulong> values, int count)
    {
        if (count <= 0 || count >= values.Length) return;
        var (low, high) = (0, values.Length - 1);
        while (low < high)
        {
            var pivot = MedianOfThree(values[low], values[low + (high - low) / 2], values[high]);
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (values[i] > pivot) i++;
                while (values[j] < pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }
            // Elements up to j are at least the pivot, from i on at most the pivot; between them is the pivot itself.
            if (count - 1 <= j) high = j;
            else if (count - 1 >= i) low = i;
            else return;
        }
    }

    private static ulong MedianOfThree(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
