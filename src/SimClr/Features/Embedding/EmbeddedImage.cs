namespace SimClr.Features;

/// <summary>An image of a dataset with its vector.</summary>
/// <param name="Index">Which image of the dataset.</param>
/// <param name="Vector"><c>[d]</c> float32.</param>
public readonly record struct EmbeddedImage(int Index, float[] Vector);
