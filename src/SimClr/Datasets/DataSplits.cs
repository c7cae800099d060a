namespace SimClr.Datasets;

/// <summary>A dataset's two parts. The test part never influences training or selection.</summary>
/// <param name="Train">Pictures to learn from; labels are used only by evaluation.</param>
/// <param name="Test">Held-out pictures.</param>
public sealed record DataSplits(IImageDataset Train, IImageDataset Test)
{
    /// <summary>Whether the test part was split off here, because the data have none of their own.</summary>
    public bool TestIsHeldOut { get; init; }
}
