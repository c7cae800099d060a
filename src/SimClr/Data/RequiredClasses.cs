namespace SimClr.Data;

/// <summary>Refuses data without classes where they are needed.</summary>
public static class RequiredClasses
{
    /// <summary>Makes sure that there are at least two classes.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="purpose">The purpose of the classes, such as "to learn".</param>
    /// <exception cref="DataException">There are fewer.</exception>
    public static void RequireClasses(this IImageDataset dataset, string purpose)
    {
        if (dataset.ClassNames.Count < 2)
            throw new DataException($"{dataset.Name} has no classes {purpose}; give a folder with one sub-folder per class.");
    }
}
