using SimClr.Data;
using SimClr.Features;
using SimClr.Numerics;

namespace SimClr.Search;

/// <summary>The images of a part of a dataset that an index lacks, and those that it has.</summary>
/// <param name="Kept">Rows of the index whose pictures are there as they were, in the part's order.</param>
/// <param name="New">Pictures that the index does not have, or not as they are now.</param>
public sealed record IndexChanges(IReadOnlyList<int> Kept, IReadOnlyList<IndexedPicture> New)
{
    private IImageDataset? Missing { get; init; }

    /// <summary>
    /// Compares the pictures that there are now with those of an index, a part after the other as it is asked for.
    /// </summary>
    /// <param name="parts">The pictures that there are now.</param>
    /// <param name="known">Rows of the index by picture.</param>
    public static IEnumerable<IndexChanges> Of(
        IReadOnlyList<IImageDataset> parts, IReadOnlyDictionary<IndexedPicture, int> known)
    {
        foreach (var part in parts)
        {
            var (kept, unknown, pictures) = (new List<int>(), new List<int>(), new List<IndexedPicture>());
            for (var index = 0; index < part.Count; index++)
            {
                var picture = PictureStamp.Of(part, index);
                if (known.TryGetValue(picture, out var row))
                {
                    kept.Add(row);
                    continue;
                }
                unknown.Add(index);
                pictures.Add(picture);
            }
            yield return new(kept, pictures) { Missing = unknown.Count > 0 ? Subset.Of(part, [.. unknown]) : null };
        }
    }

    /// <summary>Makes sure that an index is not emptied because its pictures have become unreadable.</summary>
    /// <exception cref="DataException">There are pictures, and none of them can be read.</exception>
    public static void RequireAny(int indexed, int unreadable, IReadOnlyList<IImageDataset> parts)
    {
        if (indexed == 0 && unreadable > 0)
            throw new DataException($"No picture of {string.Join(" and ", parts.Select(part => part.Name))} can be read; the index is as it was.");
    }

    /// <summary>Embeds the new pictures as they are enumerated; those that cannot be read are left out.</summary>
    /// <returns>None where none of the new ones can be read: those that were indexed before stay all the same.</returns>
    public IEnumerable<(IndexedPicture Picture, float[] Vector)> Embed(
        Embedder embedder, Action<string>? unreadable, CancellationToken cancellation) =>
        Missing is null
            ? []
            : embedder.Embed(Missing, allowNone: true, unreadable, cancellation).Select(embedded =>
            {
                UnitLength.Ensure(embedded.Vector); // as the index needs them, whatever the embedder was asked for
                return (New[embedded.Index], embedded.Vector);
            });
}
