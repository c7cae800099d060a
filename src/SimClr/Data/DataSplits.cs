using System.Text.RegularExpressions;

namespace SimClr.Data;

/// <summary>A dataset's two parts. The test part never influences training or selection.</summary>
/// <param name="Train">Images to learn from; labels are used only by evaluation.</param>
/// <param name="Test">Held-out images.</param>
public sealed partial record DataSplits(IImageDataset Train, IImageDataset Test)
{
    /// <summary>Whether the test part was split off here, because the data have none of their own.</summary>
    public bool TestIsHeldOut { get; init; }

    /// <summary>
    /// The same with a bounded number of training images, equally many of each class as far as they last; the test part stays.
    /// </summary>
    /// <param name="limit">At most this many; 0 for all.</param>
    /// <param name="seed">Decides which.</param>
    public DataSplits Limited(int limit, ulong seed) => this with { Train = Subset.Limited(Train, limit, seed) };

    /// <summary>The name of both together, for example <c>CIFAR-10</c>.</summary>
    public string Name => NameOf(Train.Name);

    /// <summary>The name of the data whose training part, or some images of it, has a name.</summary>
    public static string NameOf(string trainingPart) => TrainingPart().Replace(trainingPart, "");

    // The parts of a dataset's name that give the part and the number of images used.
    [GeneratedRegex(@" train(, \d+ of \d+)*$")]
    private static partial Regex TrainingPart();
}
