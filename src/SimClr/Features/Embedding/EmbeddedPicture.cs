namespace SimClr.Features;

/// <summary>A picture of a dataset with its vector.</summary>
/// <param name="Index">Which picture of the dataset.</param>
/// <param name="Vector"><c>[d]</c> float32.</param>
public readonly record struct EmbeddedPicture(int Index, float[] Vector);
