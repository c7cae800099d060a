using Microsoft.Extensions.Logging;
using SimClr.Data;
using SimClr.Features;
using SimClr.Numerics;

namespace SimClr.Search;

/// <summary>The images of a part of a dataset that an index lacks, and those that it has.</summary>
/// <param name="Kept">Rows of the index whose images are there as they were, in the part's order.</param>
/// <param name="New">Images that the index does not have, or not as they are now.</param>
public sealed record IndexChanges(IReadOnlyList<int> Kept, IReadOnlyList<IndexedImage> New)
{
    private IImageDataset? Missing { get; init; }

    /// <summary>
    /// Compares the images that there are now with those of an index, a part after the other as it is asked for.
    /// </summary>
    /// <param name="parts">The images that there are now.</param>
    /// <param name="known">Rows of the index by image.</param>
    public static IEnumerable<IndexChanges> Find(
        IReadOnlyList<IImageDataset> parts, IReadOnlyDictionary<IndexedImage, int> known)
    {
        foreach (var part in parts)
        {
            var (kept, unknown, images) = (new List<int>(), new List<int>(), new List<IndexedImage>());
            for (var index = 0; index < part.Count; index++)
            {
                var image = ImageStamp.Of(part, index);
                if (known.TryGetValue(image, out var row))
                {
                    kept.Add(row);
                    continue;
                }
                unknown.Add(index);
                images.Add(image);
            }
            yield return new(kept, images) { Missing = unknown.Count > 0 ? Subset.Of(part, [.. unknown]) : null };
        }
    }

    /// <summary>Makes sure that an index is not emptied because its images have become unreadable.</summary>
    /// <exception cref="DataException">There are images, and none of them can be read.</exception>
    public static void RequireAny(int indexed, int unreadable, IReadOnlyList<IImageDataset> parts)
    {
        if (indexed == 0 && unreadable > 0)
            throw new DataException(
                $"No image of {string.Join(" and ", parts.Select(part => part.Name))} can be read; the index is as it was.");
    }

    /// <summary>Embeds the new images as they are enumerated; those that cannot be read are left out.</summary>
    /// <returns>None where none of the new ones can be read: those that were indexed before stay all the same.</returns>
    public IEnumerable<(IndexedImage Image, float[] Vector)> Embed(
        Embedder embedder, ILogger? logger, CancellationToken cancellationToken) =>
        Missing is null
            ? []
            : embedder.Embed(Missing, allowNone: true, logger, cancellationToken).Select(embedded =>
            {
                UnitLength.Ensure(embedded.Vector); // as the index needs them, whatever the embedder was asked for
                return (New[embedded.Index], embedded.Vector);
            });
}
