namespace SimClr.Datasets;

/// <summary>A dataset's two parts. The test part never influences training or selection.</summary>
/// <param name="Train">Pictures to learn from; labels are used only by evaluation.</param>
/// <param name="Test">Held-out pictures.</param>
public sealed record DataSplits(IImageDataset Train, IImageDataset Test);
