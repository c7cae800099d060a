namespace SimClr.Classification;

/// <summary>A classifier that was made.</summary>
/// <param name="File">Its file.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Quality">How good it is.</param>
public sealed record TrainedImageClassifier(string File, long Bytes, ImageClassifierQuality Quality);
