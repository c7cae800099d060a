namespace SimClr.Data;

/// <summary>Refuses data without the classes, labels or parts that a use needs.</summary>
public static class RequiredClasses
{
    /// <summary>Makes sure that there are at least two classes.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="purpose">The purpose of the classes, such as "to learn".</param>
    /// <exception cref="DataException">There are fewer.</exception>
    public static void RequireClasses(this IImageDataset dataset, string purpose)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.ClassNames.Count < 2)
            throw new DataException($"{dataset.Name} has no classes {purpose}; give a folder with one sub-folder per class.");
    }

    /// <summary>Makes sure that there is a test part.</summary>
    /// <param name="data">The data.</param>
    /// <param name="purpose">The purpose of the part, such as "to evaluate on".</param>
    /// <exception cref="DataException">There is none.</exception>
    public static void RequireTest(this DataSplits data, string purpose)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Test.Count == 0) throw new DataException($"{data.Train.Name} has no test part {purpose}.");
    }

    /// <summary>Makes sure that there are two classes to learn, and labels in the test part to judge by.</summary>
    /// <exception cref="DataException">There are none.</exception>
    internal static void RequireLabels(this DataSplits data)
    {
        data.Train.RequireClasses("to learn");
        if (!Enumerable.Range(0, data.Test.Count).Any(index => data.Test.Label(index) >= 0))
            throw new DataException($"{data.Train.Name} has no test part with labels to judge by.");
    }

    /// <summary>Makes sure that every image has a label.</summary>
    /// <param name="images">The images.</param>
    /// <param name="who">The part that needs labels.</param>
    /// <param name="setting">The property that asks for it.</param>
    /// <exception cref="DataException">An image has no label.</exception>
    internal static void RequireLabels(this IImageDataset images, string who, string setting)
    {
        for (var index = 0; index < images.Count; index++)
            if (images.ClassNames.Count == 0 || images.Label(index) < 0)
                throw new DataException($"{who} learns from labels, and {images.Describe(index)} has none; in "
                    + "a folder of images the names of sub-folders are the labels.")
                {
                    Setting = setting,
                    Named = who == setting ? [setting] : [],
                };
    }
}
